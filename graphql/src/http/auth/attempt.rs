//! What is remembered of a sign-in on its way through another provider: sealed,
//! in a cookie of the browser that began it, for ten minutes.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use integrations::identity::Begun;
use secrecy::{ExposeSecret, SecretString};
use vault::{Vault, VaultError};

const PURPOSE: &str = "sign-in attempt";
const GOOD_FOR: TimeDelta = TimeDelta::minutes(10);
const STAMP_BYTES: usize = 8;

#[derive(Clone)]
pub(in crate::http) struct Attempts {
    vault: Vault,
    clock: Arc<dyn Clock>,
}

impl Attempts {
    pub(in crate::http) fn new(vault: Vault, clock: Arc<dyn Clock>) -> Self {
        Self { vault, clock }
    }

    pub(super) async fn seal(&self, begun: &Begun) -> Result<SecretString, VaultError> {
        let until = (self.clock.now() + GOOD_FOR).timestamp().to_be_bytes();
        let plain = [&until[..], begun.to_bytes().expose_secret()].concat();
        let sealed = self.vault.seal_secret(PURPOSE, &[], &plain).await?;
        Ok(URL_SAFE_NO_PAD.encode(sealed).into())
    }

    /// None for what we did not seal, or sealed too long ago.
    pub(super) async fn open(&self, sealed: &SecretString) -> Option<Begun> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed.expose_secret()).ok()?;
        let opened = self.vault.open_secret(PURPOSE, &[], &sealed).await.ok()?;
        read(opened.expose_secret(), self.clock.now())
    }
}

/// What was sealed, if it is still good.
pub(in crate::http) fn read(opened: &[u8], now: DateTime<Utc>) -> Option<Begun> {
    let (until, begun) = opened.split_first_chunk::<STAMP_BYTES>()?;
    let is_good = now.timestamp() < i64::from_be_bytes(*until);
    is_good.then(|| Begun::from_bytes(begun).ok()).flatten()
}
