//! Signing in through another provider, as a browser is led there and back.

use std::sync::Arc;

use domain::Clock;
use integrations::identity::{Issuer, OidcConfig, OidcProvider, SystemRandomness};
use integrations::testing::{FAKE_CLIENT, FakeOpenId};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};

use crate::doubles::StandingClock;
use crate::harness::App;

/// Where the provider leads back to; the test goes to the same place of the app.
const CALLBACK: &str = "http://localhost/auth/oidc/callback";

struct Fixture {
    app: App,
    provider: FakeOpenId,
    browser: Client,
}

impl Fixture {
    async fn open() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(StandingClock);
        let provider = FakeOpenId::start(Arc::clone(&clock)).await;
        provider.claim(json!({ "email": "ada@example.com", "email_verified": true }));
        let config = OidcConfig {
            issuer: Issuer::try_new(provider.issuer()).unwrap(),
            client_id: FAKE_CLIENT.to_owned(),
            client_secret: "secret".into(),
            name: "Example".to_owned(),
            timeout: std::time::Duration::from_secs(30),
        };
        let redirect = CALLBACK.parse().unwrap();
        let randomness = Arc::new(SystemRandomness);
        let oidc = OidcProvider::try_new(config, redirect, clock, randomness).unwrap();
        let app = App::start_for_strangers(Some(Arc::new(oidc))).await;
        let never = reqwest::redirect::Policy::none();
        let browser = Client::builder().redirect(never).build().unwrap();
        Self {
            app,
            provider,
            browser,
        }
    }

    async fn get(&self, address: &str, cookie: &str) -> Response {
        let request = self.browser.get(address).header("cookie", cookie);
        request.send().await.unwrap()
    }

    /// Leads a browser to the provider and back; what remembers it, and the
    /// address that it comes back to.
    async fn led(&self) -> (String, Url) {
        let start = self.get(&self.app.url("/auth/oidc/start"), "").await;
        assert_eq!(start.status(), StatusCode::SEE_OTHER);
        let attempt = cookies(&start).remove(0);
        let back = self.get(&location(&start), "").await;
        let mut back: Url = location(&back).parse().unwrap();
        back.set_port(Some(self.app.address.port())).unwrap();
        (attempt, back)
    }
}

fn location(answer: &Response) -> String {
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}

/// `name=value` of each cookie that is set.
fn cookies(answer: &Response) -> Vec<String> {
    let lines = answer.headers().get_all(SET_COOKIE).iter();
    lines
        .map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_browser_is_led_there_and_back_and_is_signed_in() {
    let fixture = Fixture::open().await;
    let providers = fixture.get(&fixture.app.url("/auth/providers"), "").await;
    let providers: Value = providers.json().await.unwrap();
    assert_eq!(providers, json!([{ "name": "Example" }]));

    let (attempt, back) = fixture.led().await;
    let done = fixture.get(back.as_str(), &attempt).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&done), "/account");
    let cookies = cookies(&done).join("; ");
    let query = "/graphql?query=%7B%20me%20%7B%20email%20%7D%20%7D";
    let me = fixture.get(&fixture.app.url(query), &cookies).await;
    let me: Value = me.json().await.unwrap();
    assert_eq!(me["data"]["me"]["email"], "ada@example.com");
}

#[tokio::test]
async fn who_did_not_begin_here_does_not_end_here() {
    let fixture = Fixture::open().await;
    let (attempt, back) = fixture.led().await;
    let (other, _) = fixture.led().await;
    let mut forged = back.clone();
    forged.set_query(Some("code=stolen&state=forged"));
    for (address, cookie) in [
        // Somebody was sent here with another's answer.
        (&back, ""),
        (&back, other.as_str()),
        (&back, "narrate-attempt=made-up"),
        (&forged, attempt.as_str()),
    ] {
        let answer = fixture.get(address.as_str(), cookie).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{cookie}");
        let set = cookies(&answer);
        assert!(!set.iter().any(|it| it.starts_with("narrate=")), "{set:?}");
    }
    let answer = fixture.get(back.as_str(), &attempt).await;
    assert_eq!(
        answer.status(),
        StatusCode::SEE_OTHER,
        "the one who began does"
    );
}

#[tokio::test]
async fn a_swapped_nonce_and_an_unverified_address_let_nobody_in() {
    let fixture = Fixture::open().await;
    for claims in [
        json!({ "nonce": "anothers" }),
        json!({ "nonce": null, "email_verified": false }),
    ] {
        fixture.provider.claim(claims);
        let (attempt, back) = fixture.led().await;
        let answer = fixture.get(back.as_str(), &attempt).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
}
