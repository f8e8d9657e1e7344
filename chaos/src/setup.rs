//! What every part is told: where the servers are, and what to do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use commands::RandomIds;
use event_store::{EventStore, KurrentLog, PostgresLog};
use projections::Subjects;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::load::Load;

const MAX_CONNECTIONS: u32 = 12;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) database_url: String,
    pub(crate) nats_url: String,
    /// Of KurrentDB; without it the events are in the database.
    pub(crate) event_store_url: Option<String>,
    /// Where ledgers and the reader's notes are.
    pub(crate) folder: PathBuf,
    pub(crate) load: Load,
}

/// A part's own connections.
pub(crate) struct Ground {
    pub(crate) pool: PgPool,
    pub(crate) store: Arc<dyn EventStore>,
}

impl Setup {
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).context("the setup cannot be read")?;
        Ok(serde_json::from_str(&text)?)
    }

    pub(crate) fn write(&self, file: &Path) -> anyhow::Result<()> {
        std::fs::write(file, serde_json::to_string(self)?)?;
        Ok(())
    }

    pub(crate) fn subjects() -> Subjects {
        Subjects::new("chaos")
    }

    pub(crate) async fn nats(&self) -> anyhow::Result<async_nats::Client> {
        Ok(projections::nats::connect(&self.nats_url).await?)
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Ground> {
        let pool = event_store::database::connect(&self.database_url, MAX_CONNECTIONS).await?;
        let store: Arc<dyn EventStore> = match &self.event_store_url {
            Some(url) => {
                let url = SecretString::from(url.as_str());
                Arc::new(KurrentLog::connect(&url, Arc::new(RandomIds)).await?)
            }
            None => Arc::new(PostgresLog::connect(pool.clone()).await?),
        };
        Ok(Ground { pool, store })
    }
}
