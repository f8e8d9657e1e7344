use std::error::Error;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use integrations::identity::{
    Callback, Identity, IdentityError, Issuer, OidcConfig, OidcProvider, SystemRandomness,
};
use integrations::testing::{Browser, FAKE_CLIENT, OIDC_SECRET};
use serde_json::{Map, Value};
use url::Url;

/// Nobody listens there: the browser of the tests stops before it goes.
pub(crate) const HOME: &str = "http://127.0.0.1:9/auth/oidc/callback";

/// Goes on when told to.
pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub(crate) fn standing() -> Arc<Self> {
        let noon = "2026-11-01T12:00:00Z".parse().unwrap();
        Arc::new(Self(Mutex::new(noon)))
    }

    /// As the clock of a provider in another process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the real provider has the system's clock"
    )]
    pub(crate) fn of_the_system() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Utc::now())))
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn config(issuer: &str) -> OidcConfig {
    OidcConfig {
        issuer: Issuer::try_new(issuer).unwrap(),
        client_id: FAKE_CLIENT.to_owned(),
        client_secret: OIDC_SECRET.into(),
        name: "Test".to_owned(),
        timeout: Duration::from_secs(30),
    }
}

pub(crate) fn client(config: OidcConfig, clock: &Arc<TestClock>) -> OidcProvider {
    client_at(HOME, config, clock)
}

pub(crate) fn client_at(home: &str, config: OidcConfig, clock: &Arc<TestClock>) -> OidcProvider {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    OidcProvider::try_new(
        config,
        home.parse().unwrap(),
        clock,
        Arc::new(SystemRandomness),
    )
    .unwrap()
}

/// The variant and the whole message, which may hold nothing that is secret.
#[track_caller]
pub(crate) fn refusal<T>(outcome: Result<T, IdentityError>) -> String {
    let Err(error) = outcome else {
        panic!("it was not refused")
    };
    let variant = match error {
        IdentityError::Denied { .. } => "denied",
        IdentityError::Forged { .. } => "forged",
        IdentityError::Unavailable { .. } => "unavailable",
        IdentityError::Misconfigured { .. } => "misconfigured",
    };
    let mut message = format!("{variant}: {error}");
    let mut cause = error.source();
    while let Some(deeper) = cause {
        write!(message, ": {deeper}").unwrap();
        cause = deeper.source();
    }
    let shown = format!("{message} {error:?}");
    for private in ["a secret", "127.0.0.1", "code-", "eyJ", "@example.com"] {
        assert!(!shown.contains(private), "{private} is in {shown}");
    }
    message
}

#[track_caller]
pub(crate) fn assert_refused(outcome: Result<Identity, IdentityError>, with: &str) {
    let refusal = refusal(outcome);
    assert!(refusal.contains(with), "{refusal} is not {with}");
}

pub(crate) fn browser() -> Browser {
    Browser::new(HOME)
}

/// What the provider says with the address that it sent the browser to.
pub(crate) fn said_at(url: &Url) -> Callback {
    let query: Map<String, Value> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    serde_json::from_value(query.into()).unwrap()
}
