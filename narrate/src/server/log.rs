//! The event log: in our Postgres, or in a KurrentDB that the user gave.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use commands::RandomIds;
use event_store::kurrentdb;
use event_store::{EventStore, KurrentLog, PostgresLog};
use secrecy::SecretString;
use sqlx::PgPool;

/// How long the doctor waits for KurrentDB.
const PROBE_WITHIN: Duration = Duration::from_secs(5);

pub enum Log {
    Postgres(Arc<PostgresLog>),
    Kurrent(Arc<KurrentLog>),
}

impl Log {
    /// In KurrentDB if `url` says where, otherwise in `pool`'s database. Fails
    /// when the database's read models were made from another log.
    pub async fn open(url: Option<&SecretString>, pool: &PgPool) -> anyhow::Result<Self> {
        let log = match url {
            Some(url) => {
                let log = KurrentLog::connect(url, Arc::new(RandomIds)).await;
                let log = log.context("the KurrentDB of EVENT_STORE_URL cannot be used")?;
                Self::Kurrent(Arc::new(log))
            }
            None => Self::Postgres(Arc::new(PostgresLog::connect(pool.clone()).await?)),
        };
        let head = log.store().head().await?;
        if let Err(error) = projections::check_log(pool, head.epoch).await {
            log.shutdown().await;
            return Err(error.into());
        }
        Ok(log)
    }

    pub fn store(&self) -> Arc<dyn EventStore> {
        match self {
            Self::Postgres(log) => Arc::clone(log) as _,
            Self::Kurrent(log) => Arc::clone(log) as _,
        }
    }

    /// Answers what was accepted, then takes no more.
    pub async fn shutdown(&self) {
        match self {
            Self::Postgres(log) => log.shutdown().await,
            Self::Kurrent(log) => log.shutdown().await,
        }
    }
}

/// Whether KurrentDB answers and lets us read; changes nothing in it.
pub async fn probe(url: &SecretString) -> anyhow::Result<()> {
    kurrentdb::probe(url, PROBE_WITHIN)
        .await
        .context("the KurrentDB of EVENT_STORE_URL cannot be used")
}
