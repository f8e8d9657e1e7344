//! Who has not the key makes no token, and who changes one of theirs becomes
//! nobody else.
//!
//! The text is taken for a token as it is, for an `Authorization` header, and
//! for the makings of a token: a line that says who signs it, its header, its
//! claims.

#![no_main]

use std::sync::LazyLock;

use accounts::fuzzing::{Access, Key, key_of};
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, Utc};
use domain::{SessionId, UserId};
use fuzz::first_line;
use graphql::fuzzing::{bearer, said_bearer};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const ADA: Access = Access {
    user: UserId(Uuid::from_u128(0xada)),
    session: SessionId(Uuid::from_u128(0x5e55)),
};
/// As the tokens among the seeds have it.
const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).expect("is a time");

static KEY: LazyLock<Key> = LazyLock::new(|| Key::new(SECRET));
static ADAS: LazyLock<String> = LazyLock::new(|| {
    let token = KEY.sign(Uuid::from_u128(1), ADA, NOW);
    token.expose_secret().to_owned()
});

fuzz_target!(|text: &str| {
    changed(text);
    made(text);
    shown(text);
});

/// Ada's token, which is among the seeds, and whatever it was made into.
fn changed(text: &str) {
    key_of(text);
    if let Some(access) = KEY.read(text, NOW) {
        assert_eq!(access, ADA);
    }
    let (from, with) = first_line(text);
    if let Ok(from) = from.parse::<usize>()
        && let Some((kept, replaced)) = ADAS.split_at_checked(from)
    {
        let rest = replaced.get(with.len()..).unwrap_or_default();
        let token = format!("{kept}{with}{rest}");
        let read = KEY.read(&token, NOW);
        assert_eq!(read, (token == *ADAS).then_some(ADA), "{token}");
    }
}

fn made(text: &str) {
    let (signed, text) = first_line(text);
    let (header, claims) = first_line(text);
    let message = format!("{}.{}", base64(header), base64(claims));
    let sign = |secret, algorithm| {
        let signature = crypto::sign(
            message.as_bytes(),
            &EncodingKey::from_secret(secret),
            algorithm,
        );
        format!(
            "{message}.{}",
            signature.expect("the key is of the algorithm")
        )
    };
    let is_ours = signed == "ours";
    let token = match signed {
        "ours" => sign(SECRET, Algorithm::HS256),
        "ours, longer" => sign(SECRET, Algorithm::HS512),
        "another's" => sign(b"another's", Algorithm::HS256),
        "no key" => sign(b"", Algorithm::HS256),
        _ => format!("{message}."),
    };
    let Some(access) = KEY.read(&token, NOW) else {
        return;
    };
    assert!(is_ours, "{token} was made without the key");
    let [header, claims] = [header, claims]
        .map(|it| serde_json::from_str::<Value>(it).expect("what was read is JSON"));
    assert_eq!(header["alg"], "HS256");
    assert_eq!([&claims["iss"], &claims["aud"]], ["narrate", "narrate"]);
    assert!(claims["exp"].as_i64() > Some(NOW.timestamp()));
    assert_eq!(id(&claims["sub"]), Some(access.user.0));
    assert_eq!(id(&claims["sid"]), Some(access.session.0));
}

fn shown(text: &str) {
    let is_token = |token: &str| {
        let scheme = text.get(.."bearer ".len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
            && text["bearer ".len()..].trim() == token
    };
    if let Ok(value) = HeaderValue::from_str(text) {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        let token = bearer(&headers);
        assert!(token.is_none_or(|token| is_token(token.expose_secret())));
    }
    let token = said_bearer(&json!({ "authorization": text }));
    assert!(token.is_none_or(|token| is_token(token.expose_secret())));
    if let Ok(said) = serde_json::from_str(text) {
        said_bearer(&said);
    }
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn id(claim: &Value) -> Option<Uuid> {
    claim.as_str()?.parse().ok()
}
