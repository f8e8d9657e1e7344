use accounts::Refused;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use crate::support::{ADA, Fixture, refusal, secret};

fn parts(token: &SecretString) -> Vec<String> {
    token
        .expose_secret()
        .split('.')
        .map(str::to_owned)
        .collect()
}

fn joined(parts: &[String]) -> SecretString {
    parts.join(".").into()
}

#[tokio::test]
async fn a_token_without_a_signature_or_with_anothers_is_refused() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    let whole = parts(&signed_in.access);
    let header = URL_SAFE_NO_PAD.decode(&whole[0]).unwrap();
    let header = String::from_utf8(header).unwrap();
    let with_header = |header: String| {
        let mut forged = whole.clone();
        forged[0] = URL_SAFE_NO_PAD.encode(header);
        forged
    };
    let none = with_header(header.replace("HS256", "none"));
    let mut unsigned = none.clone();
    unsigned[2] = String::new();
    let mut other_claims = whole.clone();
    let claims = URL_SAFE_NO_PAD.decode(&whole[1]).unwrap();
    let claims = String::from_utf8(claims)
        .unwrap()
        .replace("exp\":1", "exp\":9");
    other_claims[1] = URL_SAFE_NO_PAD.encode(claims);
    let no_key = with_header(r#"{"typ":"JWT","alg":"HS256"}"#.to_owned());
    let stronger = with_header(header.replace("HS256", "HS512"));
    for forged in [none, unsigned, other_claims, no_key, stronger] {
        assert!(!fixture.is_let_in(&joined(&forged)).await, "{forged:?}");
    }
    for nonsense in ["", ".", "..", "a.b.c", "narrate_nothing", "\u{1f419}"] {
        assert!(!fixture.is_let_in(&secret(nonsense)).await, "{nonsense}");
    }
    assert!(fixture.is_let_in(&signed_in.access).await);
}

#[tokio::test]
async fn rotation_signs_nobody_out_and_the_old_key_is_believed_no_longer_than_its_tokens_last() {
    let fixture = Fixture::open().await;
    let elsewhere = fixture.another().await;
    let before = fixture.sign_up(ADA).await;
    assert!(elsewhere.is_let_in(&before.access).await);

    fixture.accounts.rotate_signing_key().await.unwrap();
    let after = fixture
        .sign_in(ADA, crate::support::PASSWORD)
        .await
        .unwrap();
    let key_of = |token| parts(token)[0].clone();
    assert_ne!(key_of(&before.access), key_of(&after.access));
    for process in [&fixture, &elsewhere] {
        assert!(process.is_let_in(&before.access).await);
        assert!(process.is_let_in(&after.access).await);
    }
    // A process that has not looked since may sign with the old key for a minute.
    fixture.clock.pass(TimeDelta::minutes(14));
    assert!(fixture.is_let_in(&before.access).await);
    fixture.clock.pass(TimeDelta::minutes(2));
    let by_old_key = elsewhere.accounts.authenticate(&before.access).await;
    assert_eq!(refusal(by_old_key), Refused::Session);
}

#[tokio::test]
async fn a_key_is_replaced_once_it_is_old() {
    let fixture = Fixture::open().await;
    let first = fixture.sign_up(ADA).await;
    fixture.clock.pass(TimeDelta::days(31));
    fixture.accounts.do_what_is_due().await.unwrap();
    let second = fixture
        .sign_in(ADA, crate::support::PASSWORD)
        .await
        .unwrap();
    assert_ne!(parts(&first.access)[0], parts(&second.access)[0]);
}
