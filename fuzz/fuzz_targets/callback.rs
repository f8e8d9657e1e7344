//! What a browser brings back from another provider: nobody is asked anything,
//! and nobody let in, unless it is the sign-in that this browser began.
//!
//! The first line is the query, what follows was sealed into the cookie.

#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::extract::Query;
use axum::http::Uri;
use chrono::{DateTime, Utc};
use domain::Clock;
use futures::executor::block_on;
use fuzz::first_line;
use graphql::fuzzing::attempt;
use integrations::identity::{
    Begun, Callback, IdentityError, IdentityProvider, Issuer, OidcConfig, OidcProvider,
    SystemRandomness,
};
use libfuzzer_sys::fuzz_target;
use secrecy::{ExposeSecret, SecretString};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;
const GOOD_UNTIL: i64 = 1;

static PROVIDER: LazyLock<OidcProvider> = LazyLock::new(|| {
    let config = OidcConfig {
        issuer: Issuer::try_new("https://id.example").expect("is an issuer"),
        client_id: "narrate".to_owned(),
        client_secret: "secret".into(),
        name: "Example".to_owned(),
        timeout: Duration::from_secs(1),
    };
    let redirect = "https://studio.example/auth/oidc/callback";
    let redirect = redirect.parse().expect("is an address");
    let clock = Arc::new(Epoch);
    OidcProvider::try_new(config, redirect, clock, Arc::new(SystemRandomness))
        .expect("there is TLS")
});

struct Epoch;

impl Clock for Epoch {
    fn now(&self) -> DateTime<Utc> {
        NOW
    }
}

fuzz_target!(|text: &str| {
    attempt(text.as_bytes(), NOW);
    let (query, sealed) = first_line(text);
    let Some(begun) = remembered(sealed.as_bytes()) else {
        return;
    };
    let Ok(address) = format!("/auth/oidc/callback?{query}").parse::<Uri>() else {
        return;
    };
    let Ok(Query(callback)) = Query::<Callback>::try_from_uri(&address) else {
        return;
    };
    let exposed = |state: &SecretString| state.expose_secret().to_owned();
    // From there on the provider is asked.
    if callback.state.as_ref().map(exposed) == Some(exposed(&begun.state)) {
        return;
    }
    let finished = block_on(PROVIDER.finish(callback, &begun));
    assert!(matches!(finished, Err(IdentityError::Forged { .. })));
});

/// What is read of an attempt, which is what was written, and for as long as it
/// is good only.
fn remembered(sealed: &[u8]) -> Option<Begun> {
    let stamped = |until: i64, begun: &[u8]| [&until.to_be_bytes()[..], begun].concat();
    let begun = attempt(&stamped(GOOD_UNTIL, sealed), NOW)?;
    assert!(attempt(&stamped(GOOD_UNTIL - 1, sealed), NOW).is_none());
    let written = begun.to_bytes();
    let again = Begun::from_bytes(written.expose_secret()).expect("is what was written");
    assert_eq!(again.url, begun.url);
    let secrets = |it: &Begun| {
        [&it.state, &it.nonce, &it.pkce_verifier].map(|secret| secret.expose_secret().to_owned())
    };
    assert_eq!(secrets(&again), secrets(&begun));
    Some(begun)
}
