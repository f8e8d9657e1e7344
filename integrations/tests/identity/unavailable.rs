//! Providers that are away, or not what they should be.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use integrations::identity::IdentityProvider;
use integrations::testing::{Answer, FakeOpenId, Key};
use serde_json::json;
use tokio::net::TcpSocket;

use crate::support::{TestClock, browser, client, config, refusal, said_at};

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn a_provider_that_is_down_is_asked_again_a_little_later() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    let client = client(config(fake.issuer()), &clock);
    fake.answer(DISCOVERY, Answer::Status(503));
    for _ in 0..3 {
        assert_eq!(
            refusal(client.begin().await),
            "unavailable: the identity provider is unavailable; try again later: it answered with status 503"
        );
    }
    assert_eq!(fake.asked(DISCOVERY), 1);
    fake.mend();
    clock.advance(TimeDelta::seconds(5));
    client.begin().await.unwrap();
    client.begin().await.unwrap();
    assert_eq!(fake.asked(DISCOVERY), 2);
}

#[tokio::test]
async fn many_who_sign_in_at_once_ask_once() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    let client = client(config(fake.issuer()), &clock);
    let begun = futures::future::join_all((0..20).map(|_| client.begin())).await;
    assert!(begun.iter().all(Result::is_ok));
    assert_eq!(fake.asked(DISCOVERY), 1);
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_connection() {
    // Bound, so that nobody else gets the port, but not listening.
    let port = TcpSocket::new_v4().unwrap();
    port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let issuer = format!("http://{}", port.local_addr().unwrap());
    let client = client(config(&issuer), &TestClock::standing());
    let refusal = refusal(client.begin().await);
    assert!(
        refusal.contains("there is no connection to it: Connection refused"),
        "{refusal}"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_given_up() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    for path in [DISCOVERY, "/keys"] {
        fake.answer(path, Answer::Endless);
        let refusal = refusal(client(config(fake.issuer()), &clock).begin().await);
        assert!(refusal.contains("more than 262144 bytes"), "{refusal}");
        fake.mend();
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    let mut config = config(fake.issuer());
    config.timeout = Duration::from_millis(100);
    fake.answer(DISCOVERY, Answer::Silence);
    let refusal = refusal(client(config, &clock).begin().await);
    assert!(refusal.ends_with("it did not answer in time"), "{refusal}");
}

#[tokio::test]
async fn a_description_that_cannot_be_used_says_what_to_correct() {
    let found = [
        (
            json!({ "issuer": "https://id.example" }),
            "misconfigured: sign-in is not set up: the provider calls itself by another address",
        ),
        (
            json!({ "token_endpoint": null }),
            "misconfigured: sign-in is not set up: the provider has no token endpoint",
        ),
        (
            json!({ "token_endpoint": "http://id.example/token" }),
            "misconfigured: sign-in is not set up: the provider has an endpoint without https",
        ),
        (
            json!({ "authorization_endpoint": "http://id.example/auth" }),
            "misconfigured: sign-in is not set up: the provider has an endpoint without https",
        ),
        (json!({ "authorization_endpoint": null }), "cannot be read"),
        (json!({ "jwks_uri": 7 }), "cannot be read"),
    ];
    for (fields, problem) in found {
        let clock = TestClock::standing();
        let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
        fake.describe(fields);
        let refusal = refusal(client(config(fake.issuer()), &clock).begin().await);
        assert!(refusal.contains(problem), "{refusal}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_provider_is_not_followed() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    fake.answer(DISCOVERY, Answer::Redirect("/elsewhere"));
    let refusal = refusal(client(config(fake.issuer()), &clock).begin().await);
    assert!(
        refusal.ends_with("it answered with status 307"),
        "{refusal}"
    );
    assert_eq!(fake.asked("/elsewhere"), 0);
}

#[tokio::test]
async fn keys_that_cannot_be_had_anew_are_no_forgery() {
    let clock = TestClock::standing();
    let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
    let client = client(config(fake.issuer()), &clock);
    let begun = client.begin().await.unwrap();
    let callback = said_at(&browser().open(&begun.url).await.home());
    fake.rotate(Key::es256("second"));
    fake.answer("/keys", Answer::Status(502));
    let refusal = refusal(client.finish(callback, &begun).await);
    assert!(refusal.starts_with("unavailable: "), "{refusal}");
}
