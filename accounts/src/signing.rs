//! Access tokens: JSON Web Tokens (RFC 7519) that name a session for 15 minutes.
//!
//! Keys are random, sealed in the database and shared by all processes. The
//! newest signs; an older one is believed until every token that it signed has
//! expired, so rotation signs nobody out.

pub(crate) mod token;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, IdSource};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use tokio::sync::RwLock;
use uuid::Uuid;
use vault::{Entropy, Vault};

use crate::{AccountError, Accounts};
pub(crate) use token::{ACCESS_FOR, Access};
use token::{Key, key_of};

/// How long a process may go on signing with the key it knows.
const KNOWN_FOR: TimeDelta = TimeDelta::minutes(1);
/// A key signs no longer than this.
const ROTATE_AFTER: TimeDelta = TimeDelta::days(30);

const PURPOSE: &str = "signing";
const KEY_BYTES: usize = 32;

#[derive(Clone)]
pub(crate) struct SigningKeys {
    pool: PgPool,
    vault: Vault,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    entropy: Arc<dyn Entropy>,
    known: Arc<RwLock<Known>>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<Uuid, KnownKey>,
    signing: Option<Uuid>,
    read_at: Option<DateTime<Utc>>,
}

struct KnownKey {
    key: Key,
    retires_at: Option<DateTime<Utc>>,
}

impl SigningKeys {
    pub(crate) fn new(
        pool: PgPool,
        vault: Vault,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            pool,
            vault,
            clock,
            ids,
            entropy,
            known: Arc::default(),
        }
    }

    pub(crate) async fn sign(&self, access: Access) -> Result<SecretString, AccountError> {
        let now = self.clock.now();
        self.refresh(|known| known.is_recent(now) && known.signing.is_some())
            .await?;
        if self.known.read().await.signing.is_none() {
            self.rotate().await?;
            self.refresh(|known| known.signing.is_some()).await?;
        }
        let known = self.known.read().await;
        let id = known.signing.expect("a key was just made");
        Ok(known.keys[&id].key.sign(id, access, now))
    }

    /// None for a token that is not ours, was changed, or has expired.
    pub(crate) async fn verify(
        &self,
        token: &SecretString,
    ) -> Result<Option<Access>, AccountError> {
        let token = token.expose_secret();
        let Some(id) = key_of(token) else {
            return Ok(None);
        };
        let now = self.clock.now();
        // Another process may have made it a moment ago.
        self.refresh(|known| known.keys.contains_key(&id)).await?;
        let known = self.known.read().await;
        let known = known.keys.get(&id).filter(|known| known.is_believed(now));
        Ok(known.and_then(|known| known.key.read(token, now)))
    }

    /// Signs with a new key from now on. Tokens of the others stay good for as
    /// long as they last.
    pub(crate) async fn rotate(&self) -> Result<(), AccountError> {
        let now = self.clock.now();
        let id = self.ids.fresh();
        let mut secret = [0; KEY_BYTES];
        self.entropy.fill(&mut secret);
        let sealed = self
            .vault
            .seal_secret(PURPOSE, id.as_bytes(), &secret)
            .await?;
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "UPDATE signing_keys SET retires_at = $1 WHERE retires_at IS NULL",
            now + ACCESS_FOR + KNOWN_FOR
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO signing_keys (id, secret, created_at) VALUES ($1, $2, $3)",
            id,
            &sealed,
            now
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM signing_keys WHERE retires_at < $1", now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.known.write().await.read_at = None;
        tracing::info!("access tokens are signed with a new key");
        Ok(())
    }

    /// Rotates when the key that signs has done so for long enough.
    pub(crate) async fn rotate_when_old(&self) -> Result<(), AccountError> {
        let oldest = self.clock.now() - ROTATE_AFTER;
        let is_old = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                SELECT FROM signing_keys WHERE retires_at IS NULL AND created_at < $1
            ) AS "is_old!""#,
            oldest
        )
        .fetch_one(&self.pool)
        .await?;
        if is_old { self.rotate().await } else { Ok(()) }
    }

    /// Reads the keys, unless what is known is `enough`.
    async fn refresh(&self, enough: impl Fn(&Known) -> bool) -> Result<(), AccountError> {
        if enough(&*self.known.read().await) {
            return Ok(());
        }
        let mut known = self.known.write().await;
        if enough(&known) {
            return Ok(());
        }
        let rows =
            sqlx::query!("SELECT id, secret, retires_at FROM signing_keys ORDER BY created_at, id")
                .fetch_all(&self.pool)
                .await?;
        let mut read = Known {
            read_at: Some(self.clock.now()),
            ..Known::default()
        };
        for row in rows {
            let secret = self
                .vault
                .open_secret(PURPOSE, row.id.as_bytes(), &row.secret)
                .await?;
            let known = KnownKey {
                key: Key::new(secret.expose_secret()),
                retires_at: row.retires_at,
            };
            if known.retires_at.is_none() {
                read.signing = Some(row.id);
            }
            read.keys.insert(row.id, known);
        }
        *known = read;
        Ok(())
    }
}

impl Known {
    fn is_recent(&self, now: DateTime<Utc>) -> bool {
        self.read_at
            .is_some_and(|read_at| now < read_at + KNOWN_FOR)
    }
}

impl KnownKey {
    fn is_believed(&self, now: DateTime<Utc>) -> bool {
        self.retires_at.is_none_or(|retires_at| now < retires_at)
    }
}

impl Accounts {
    /// See [`SigningKeys::rotate`].
    pub async fn rotate_signing_key(&self) -> Result<(), AccountError> {
        self.keys.rotate().await
    }
}
