//! Paid providers, played by `narrate dev fake-vendors`.

use std::collections::HashMap;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::home::Home;
use crate::run::Run;
use crate::server::Server;

/// What they tell to set, by variable.
struct Vendors {
    run: Run,
    settings: HashMap<String, String>,
}

impl Vendors {
    async fn start(home: &Home) -> Self {
        let mut run = home.start(&["dev", "fake-vendors"]);
        let mut settings = HashMap::new();
        loop {
            let line = run.until_printed(|_| true).await;
            let pairs = line
                .split_whitespace()
                .filter_map(|word| word.split_once('='));
            settings.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            if line.contains("narrate make") {
                return Self { run, settings };
            }
        }
    }

    fn setting(&self, name: &'static str) -> (&'static str, &str) {
        (name, &self.settings[name])
    }

    async fn stop(self) {
        self.run.signal(Signal::SIGTERM);
        self.run.ended().await.succeeded();
    }
}

fn of<'a>(timeline: &'a [Value], name: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = timeline.iter().filter(move |event| event["type"] == name);
    events.map(|event| &event["data"])
}

#[tokio::test]
async fn a_film_is_bought_from_those_whose_keys_are_set() {
    let vendors_home = Home::new();
    let vendors = Vendors::start(&vendors_home).await;
    let home = Home::with(&[
        // Nobody answers there.
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"),
        ("OPENAI_SCRIPT_MODEL", "none"),
        ("OPENAI_API_KEY", "a key that is wrong"),
        vendors.setting("ANTHROPIC_BASE_URL"),
        vendors.setting("ANTHROPIC_API_KEY"),
        vendors.setting("ELEVENLABS_BASE_URL"),
        vendors.setting("ELEVENLABS_API_KEY"),
        vendors.setting("FAL_BASE_URL"),
        vendors.setting("FAL_KEY"),
    ]);
    let told = home.run(&["doctor"]).await.succeeded();
    let order = "scripts by openai-compatible, then anthropic; speech by elevenlabs, then \
                 offline; pictures by fal";
    assert!(told.stdout.contains(order), "{told:#?}");

    let topic = "Why octopuses have three hearts";
    let voice = ["--voice", "fakeVoiceOfAda000001", "--duration", "30"];
    home.run(&[&["make", topic], &voice[..]].concat())
        .await
        .succeeded();
    let server = Server::start(&home).await;
    let fields = "status costMicrousd scenes { startMs } timeline(first: 1000) { type data }";
    let video = server.video(fields).await;
    assert_eq!(video["status"], "READY");
    let timeline = video["timeline"].as_array().unwrap();

    let switches: Vec<_> = of(timeline, "ProviderSwitched").collect();
    let [switch] = &switches[..] else {
        panic!("{switches:#?}")
    };
    assert_eq!(switch["from"], "openai-compatible");
    assert_eq!(switch["failure"]["code"], "unavailable");
    let makers: Vec<_> = of(timeline, "StageCompleted")
        .filter_map(|data| data["output"]["provider"]["name"].as_str())
        .collect();
    assert_eq!(makers[..2], ["anthropic", "elevenlabs"]);

    // Each picture was ordered once, and its job was known before it was there.
    let scenes = video["scenes"].as_array().unwrap().len();
    let jobs: Vec<_> = of(timeline, "ProviderJobStarted").collect();
    assert_eq!(jobs.len(), scenes, "{jobs:#?}");
    assert!(jobs.iter().all(|job| job["provider"] == "fal"), "{jobs:#?}");

    let made = of(timeline, "StageCompleted")
        .filter_map(|data| data["output"]["provider"]["cost"].as_u64())
        .chain(of(timeline, "SceneImageGenerated").filter_map(|d| d["provider"]["cost"].as_u64()));
    let cost: u64 = made.sum();
    assert!(cost > 0);
    assert_eq!(video["costMicrousd"], cost);
    let said = serde_json::to_string(&video).unwrap();
    let key = vendors.setting("FAL_KEY").1;
    assert!(
        !said.contains(key) && !said.contains("a key that"),
        "{said}"
    );
    server.stop().await;
    vendors.stop().await;
}
