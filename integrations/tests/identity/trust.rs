//! What we believe of a provider that may say anything.

use std::sync::Arc;

use chrono::TimeDelta;
use integrations::identity::{Identity, IdentityError, IdentityProvider, OidcProvider};
use integrations::testing::{
    Answer, FAKE_CLIENT, FAKE_SUBJECT, FakeOpenId, Key, OIDC_SECRET, Signing,
};
use serde_json::json;

use crate::support::{TestClock, assert_refused, browser, client, config, refusal, said_at};

struct Liar {
    fake: FakeOpenId,
    clock: Arc<TestClock>,
    client: OidcProvider,
}

impl Liar {
    async fn start() -> Self {
        let clock = TestClock::standing();
        let fake = FakeOpenId::start(Arc::clone(&clock) as _).await;
        let client = client(config(fake.issuer()), &clock);
        Self {
            fake,
            clock,
            client,
        }
    }

    async fn sign_in(&self) -> Result<Identity, IdentityError> {
        let begun = self.client.begin().await?;
        let callback = said_at(&browser().open(&begun.url).await.home());
        self.client.finish(callback, &begun).await
    }
}

#[tokio::test]
async fn only_keys_that_the_provider_publishes_sign() {
    let liar = Liar::start().await;
    liar.sign_in().await.unwrap();

    // The same id as the published key has.
    let forged = Arc::new(Key::es256("first"));
    liar.fake.sign(Signing::With(Arc::clone(&forged)));
    assert_refused(
        liar.sign_in().await,
        "forged: the provider's answer cannot be trusted: the signature is wrong",
    );

    liar.fake.sign(Signing::Unnamed(forged));
    assert_refused(liar.sign_in().await, "signed with no key of the provider's");
}

#[tokio::test]
async fn a_token_that_names_no_key_is_tried_with_all() {
    let liar = Liar::start().await;
    liar.fake.sign(Signing::Unnamed(liar.fake.key()));
    assert_eq!(liar.sign_in().await.unwrap().subject, FAKE_SUBJECT);
}

#[tokio::test]
async fn an_unsigned_token_or_one_that_anyone_could_sign_is_refused() {
    let liar = Liar::start().await;
    let key = liar.fake.key();
    let public = Signing::Shared(key.public_bytes().to_vec(), Arc::clone(&key));
    let shared = Signing::Shared(OIDC_SECRET.as_bytes().to_vec(), key);
    // Even when the provider says that this is its way.
    liar.fake.describe(json!({
        "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
    }));
    for signing in [Signing::Not, public, shared] {
        liar.fake.sign(signing);
        assert_refused(
            liar.sign_in().await,
            "forged: the provider's answer cannot be trusted: the token is signed in a way that is not accepted",
        );
    }
}

#[tokio::test]
async fn eddsa_is_accepted_too() {
    let liar = Liar::start().await;
    liar.fake.rotate(Key::eddsa("edwards"));
    assert_eq!(liar.sign_in().await.unwrap().subject, FAKE_SUBJECT);
}

#[tokio::test]
async fn a_key_that_is_new_is_fetched_once() {
    let liar = Liar::start().await;
    liar.sign_in().await.unwrap();
    assert_eq!(liar.fake.asked("/keys"), 1);

    liar.fake.rotate(Key::es256("second"));
    liar.sign_in().await.unwrap();
    liar.sign_in().await.unwrap();
    assert_eq!(liar.fake.asked("/keys"), 2);

    // The old one is not believed any more.
    let old = Arc::new(Key::es256("first"));
    liar.fake.sign(Signing::With(old));
    assert_refused(liar.sign_in().await, "signed with no key of the provider's");
}

#[tokio::test]
async fn unknown_keys_make_us_ask_once_a_minute() {
    let liar = Liar::start().await;
    liar.fake
        .sign(Signing::With(Arc::new(Key::es256("nobody's"))));
    for _ in 0..5 {
        assert_refused(liar.sign_in().await, "signed with no key of the provider's");
    }
    assert_eq!(liar.fake.asked("/keys"), 2);
    liar.clock.advance(TimeDelta::seconds(60));
    assert_refused(liar.sign_in().await, "signed with no key of the provider's");
    assert_eq!(liar.fake.asked("/keys"), 3);
}

#[tokio::test]
async fn a_withdrawn_key_is_forgotten_within_an_hour() {
    let liar = Liar::start().await;
    let withdrawn = liar.fake.key();
    liar.sign_in().await.unwrap();
    liar.fake.rotate(Key::es256("second"));
    liar.fake.sign(Signing::With(withdrawn));
    liar.clock.advance(TimeDelta::minutes(59));
    liar.sign_in().await.unwrap();
    liar.clock.advance(TimeDelta::minutes(1));
    assert_refused(liar.sign_in().await, "signed with no key of the provider's");
}

#[tokio::test]
async fn claims_for_others_or_of_others_are_refused() {
    let forged = [
        (
            json!({ "iss": "https://accounts.google.com" }),
            "the issuer is another",
        ),
        (
            json!({ "iss": "accounts.google.com" }),
            "the issuer is another",
        ),
        (json!({ "aud": "another" }), "another audience"),
        (json!({ "aud": [] }), "another audience"),
        (
            json!({ "aud": ["another", "third"], "azp": FAKE_CLIENT }),
            "another audience",
        ),
        (json!({ "azp": "another" }), "another client"),
        (json!({ "aud": [FAKE_CLIENT, "another"] }), "another client"),
        (json!({ "nonce": "another" }), "the nonce"),
        (json!({ "nonce": null }), "the nonce"),
        (json!({ "sub": "" }), "the subject"),
        (json!({ "sub": "s".repeat(256) }), "the subject"),
        (json!({ "sub": null }), "cannot be read"),
        (json!({ "exp": null }), "cannot be read"),
        (json!({ "iat": null }), "cannot be read"),
    ];
    for (claims, reason) in forged {
        let liar = Liar::start().await;
        liar.fake.claim(claims);
        let refusal = refusal(liar.sign_in().await);
        assert!(refusal.starts_with("forged: "), "{refusal}");
        assert!(refusal.contains(reason), "{refusal} is not {reason}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let liar = Liar::start().await;
    let now = domain::Clock::now(&*liar.clock).timestamp();
    let outcomes = [
        (json!({ "exp": now - 59 }), None),
        (json!({ "exp": now - 60 }), Some("the token has expired")),
        (json!({ "exp": now + 600, "iat": now + 60 }), None),
        (json!({ "iat": now + 61 }), Some("issued in the future")),
        (json!({ "iat": now as f64 - 0.5 }), None),
    ];
    for (claims, refused) in outcomes {
        liar.fake.claim(claims);
        let outcome = liar.sign_in().await;
        match refused {
            None => assert_eq!(outcome.unwrap().subject, FAKE_SUBJECT),
            Some(reason) => assert_refused(outcome, reason),
        }
    }
}

#[tokio::test]
async fn a_token_for_several_audiences_is_ours_when_we_asked_for_it() {
    let liar = Liar::start().await;
    liar.fake
        .claim(json!({ "aud": ["another", FAKE_CLIENT], "azp": FAKE_CLIENT }));
    assert_eq!(liar.sign_in().await.unwrap().subject, FAKE_SUBJECT);
}

#[tokio::test]
async fn an_address_is_verified_only_where_the_provider_says_so() {
    let liar = Liar::start().await;
    let said = [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("yes"), false),
        (json!(1), false),
        (json!(null), false),
    ];
    for (verified, expected) in said {
        liar.fake.claim(json!({ "email_verified": verified }));
        assert_eq!(
            liar.sign_in().await.unwrap().email_verified,
            expected,
            "{verified}"
        );
    }
    liar.fake
        .claim(json!({ "email": null, "email_verified": true }));
    let nameless = liar.sign_in().await.unwrap();
    assert_eq!(nameless.email, None);
    assert!(!nameless.email_verified);
}

#[tokio::test]
async fn a_provider_that_names_its_issuer_must_always_do_so() {
    let liar = Liar::start().await;
    liar.fake
        .describe(json!({ "authorization_response_iss_parameter_supported": true }));
    assert_refused(liar.sign_in().await, "another issuer answers");
}

#[tokio::test]
async fn what_the_operator_has_to_correct_is_told_apart() {
    let refusals = [
        (
            "invalid_client",
            "the provider does not know the client id or its secret",
        ),
        (
            "unauthorized_client",
            "the provider does not know the client id or its secret",
        ),
        (
            "redirect_uri_mismatch",
            "the provider does not know our redirect address",
        ),
        ("invalid_scope", "the provider does not take our request"),
    ];
    let liar = Liar::start().await;
    for (error, reason) in refusals {
        liar.fake
            .answer("/token", Answer::Json(400, json!({ "error": error })));
        assert_refused(
            liar.sign_in().await,
            &format!("misconfigured: sign-in is not set up: {reason}"),
        );
    }
}

#[tokio::test]
async fn an_answer_without_an_id_token_signs_nobody_in() {
    let liar = Liar::start().await;
    let tokens = json!({ "access_token": "opens nothing", "token_type": "Bearer" });
    liar.fake.answer("/token", Answer::Json(200, tokens));
    assert_refused(liar.sign_in().await, "there is no ID token");
}

#[tokio::test]
async fn an_error_in_the_address_is_repeated_only_when_it_is_a_code() {
    let liar = Liar::start().await;
    for (error, shown) in [
        (
            "login_required",
            "denied: the provider did not sign anyone in: login_required;",
        ),
        (
            "Call 555-0100 now\n",
            "denied: the provider did not sign anyone in: no error code;",
        ),
    ] {
        let begun = liar.client.begin().await.unwrap();
        let mut callback = said_at(&browser().open(&begun.url).await.home());
        callback.error = Some(error.to_owned());
        assert_refused(liar.client.finish(callback, &begun).await, shown);
    }
}
