//! Paid providers, played by `narrate dev fake-vendors`.

use nix::sys::signal::Signal;
use serde_json::json;

use crate::home::Home;
use crate::server::Server;

#[tokio::test]
async fn a_script_is_bought_from_the_first_provider_that_answers() {
    let vendors_home = Home::new();
    let mut vendors = vendors_home.start(&["dev", "fake-vendors"]);
    let line = vendors
        .until_printed(|line| line.contains("ANTHROPIC_BASE_URL"))
        .await;
    let base = line
        .split_whitespace()
        .find_map(|word| word.strip_prefix("ANTHROPIC_BASE_URL="));

    let home = Home::with(&[
        ("OPENAI_API_KEY", "a key that is wrong"),
        // Nobody answers there.
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("OPENAI_SCRIPT_MODEL", "none"),
        ("ANTHROPIC_API_KEY", "fake-key"),
        ("ANTHROPIC_BASE_URL", base.unwrap()),
    ]);
    let told = home.run(&["doctor"]).await.succeeded();
    let order = "scripts by openai-compatible, then anthropic";
    assert!(told.stdout.contains(order), "{told:#?}");

    let make = [
        "make",
        "Why octopuses have three hearts",
        "--duration",
        "30",
    ];
    home.run(&make).await.succeeded();
    let server = Server::start(&home).await;
    let video = server
        .video("status costMicrousd timeline(first: 1000) { type data }")
        .await;
    assert_eq!(video["status"], "READY");
    let events = video["timeline"].as_array().unwrap();
    let of = |name: &str| events.iter().find(|event| event["type"] == name).unwrap();
    let switched = &of("ProviderSwitched")["data"];
    assert_eq!(switched["from"], "openai-compatible");
    assert_eq!(switched["failure"]["code"], "unavailable");
    let script = &of("StageCompleted")["data"]["output"]["provider"];
    assert_eq!(script["name"], "anthropic");
    assert_eq!(
        script["usage"],
        json!([
            { "unit": "input-tokens", "amount": 950 },
            { "unit": "output-tokens", "amount": 420 },
        ])
    );
    assert!(video["costMicrousd"].as_u64().unwrap() > 0, "{video:#}");
    let said = serde_json::to_string(&video).unwrap();
    assert!(
        !said.contains("fake-key") && !said.contains("a key that"),
        "{said}"
    );
    server.stop().await;

    vendors.signal(Signal::SIGTERM);
    vendors.ended().await.succeeded();
}
