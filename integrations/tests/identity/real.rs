//! What a real provider makes of us.

use std::sync::Arc;

use chrono::TimeDelta;
use integrations::identity::{Begun, Callback, IdentityProvider, OidcProvider};
use integrations::testing::{Landed, OidcServer};

use crate::support::{
    HOME, TestClock, assert_refused, browser, client, client_at, config, said_at,
};

struct Signing {
    provider: OidcServer,
    clock: Arc<TestClock>,
    client: OidcProvider,
}

impl Signing {
    fn start() -> Self {
        let provider = OidcServer::start(HOME);
        let clock = TestClock::of_the_system();
        let client = client(config(provider.issuer()), &clock);
        Self {
            provider,
            clock,
            client,
        }
    }

    /// Up to the browser's return.
    async fn until_back(&self) -> (Callback, Begun) {
        let begun = self.client.begin().await.unwrap();
        let callback = said_at(&browser().approve(&begun.url, "ada").await);
        (callback, begun)
    }
}

#[tokio::test]
async fn who_signs_in_is_known_by_subject_address_and_name() {
    let signing = Signing::start();
    let (callback, begun) = signing.until_back().await;
    assert_eq!(callback.iss.as_deref(), Some(signing.provider.issuer()));
    let ada = signing.client.finish(callback, &begun).await.unwrap();
    assert_eq!(ada.issuer, signing.provider.issuer());
    assert_eq!(ada.subject, "ada");
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"));
    assert!(ada.email_verified);
    assert_eq!(ada.name.as_deref(), Some("The ada"));

    let begun = signing.client.begin().await.unwrap();
    let callback = said_at(&browser().approve(&begun.url, "stranger").await);
    let stranger = signing.client.finish(callback, &begun).await.unwrap();
    assert_eq!(stranger.subject, "stranger");
    assert!(!stranger.email_verified);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let signing = Signing::start();
    let (callback, begun) = signing.until_back().await;
    let again = callback.clone();
    signing.client.finish(callback, &begun).await.unwrap();
    let outcome = signing.client.finish(again, &begun).await;
    assert_refused(
        outcome,
        "forged: the provider's answer cannot be trusted: the provider does not take the code",
    );
}

#[tokio::test]
async fn a_code_is_good_only_with_the_verifier_of_its_sign_in() {
    let signing = Signing::start();
    let (callback, mut begun) = signing.until_back().await;
    let another = signing.client.begin().await.unwrap();
    begun.pkce_verifier = another.pkce_verifier;
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(
        outcome,
        "forged: the provider's answer cannot be trusted: the provider does not take the code",
    );

    let (callback, mut begun) = signing.until_back().await;
    begun.pkce_verifier = "".into();
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(outcome, "the PKCE verifier is missing");
}

#[tokio::test]
async fn an_answer_to_another_sign_in_is_not_asked_about() {
    let mut signing = Signing::start();
    let (callback, _) = signing.until_back().await;
    let (_, begun) = signing.until_back().await;
    // Whether the provider would take the code plays no part.
    signing.provider.kill();
    let without = Callback {
        state: None,
        ..callback.clone()
    };
    for forged in [callback, without] {
        let outcome = signing.client.finish(forged, &begun).await;
        assert_refused(
            outcome,
            "forged: the provider's answer cannot be trusted: the state",
        );
    }
}

#[tokio::test]
async fn a_token_with_the_nonce_of_another_sign_in_is_refused() {
    let signing = Signing::start();
    let (callback, mut begun) = signing.until_back().await;
    begun.nonce = signing.client.begin().await.unwrap().nonce;
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(outcome, "the nonce is another sign-in's");
}

#[tokio::test]
async fn an_answer_must_name_the_issuer_that_was_asked() {
    let signing = Signing::start();
    let (callback, begun) = signing.until_back().await;
    let another = Some("https://accounts.google.com".to_owned());
    for iss in [another, None] {
        let mixed_up = Callback {
            iss,
            ..callback.clone()
        };
        let outcome = signing.client.finish(mixed_up, &begun).await;
        assert_refused(
            outcome,
            "forged: the provider's answer cannot be trusted: another issuer answers",
        );
    }
    signing.client.finish(callback, &begun).await.unwrap();
}

#[tokio::test]
async fn a_person_who_says_no_is_not_signed_in() {
    let signing = Signing::start();
    let begun = signing.client.begin().await.unwrap();
    let callback = said_at(&browser().deny(&begun.url).await);
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(
        outcome,
        "denied: the provider did not sign anyone in: access_denied; try again",
    );
}

#[tokio::test]
async fn a_wrong_client_secret_is_for_the_operator() {
    let signing = Signing::start();
    let mut wrong = config(signing.provider.issuer());
    wrong.client_secret = "a secret of somebody else".into();
    let wrong = client(wrong, &signing.clock);
    let begun = wrong.begin().await.unwrap();
    let callback = said_at(&browser().approve(&begun.url, "ada").await);
    let outcome = wrong.finish(callback, &begun).await;
    assert_refused(
        outcome,
        "misconfigured: sign-in is not set up: the provider does not know the client id or its secret",
    );
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let signing = Signing::start();
    let elsewhere = client_at(
        "http://127.0.0.1:9/elsewhere",
        config(signing.provider.issuer()),
        &signing.clock,
    );
    let begun = elsewhere.begin().await.unwrap();
    let Landed::Page { status, .. } = browser().open(&begun.url).await else {
        panic!("the provider sent the browser back")
    };
    assert_eq!(status, 400);

    // Nor is a code good that was sent to another address than it is used from.
    let (callback, begun) = signing.until_back().await;
    let outcome = elsewhere.finish(callback, &begun).await;
    assert_refused(outcome, "the provider does not take the code");
}

#[tokio::test]
async fn a_token_is_good_for_as_long_as_it_says_and_a_minute() {
    let signing = Signing::start();
    let (callback, begun) = signing.until_back().await;
    // It is issued for an hour.
    signing.clock.advance(TimeDelta::minutes(62));
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(outcome, "the token has expired");

    let (callback, begun) = signing.until_back().await;
    signing.clock.advance(TimeDelta::hours(-3));
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(outcome, "the token was issued in the future");
}

#[tokio::test]
async fn a_provider_that_goes_down_meanwhile_is_unavailable() {
    let mut signing = Signing::start();
    let (callback, begun) = signing.until_back().await;
    signing.provider.kill();
    let outcome = signing.client.finish(callback, &begun).await;
    assert_refused(
        outcome,
        "unavailable: the identity provider is unavailable; try again later: there is no connection",
    );
}
