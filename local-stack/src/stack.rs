use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::watch;

use crate::folder::Folder;
use crate::nats::Nats;
use crate::postgres::Postgres;
use crate::supervisor::{Failure, Supervised};
use crate::{Programs, StackError, locate};

/// Whether what was acknowledged survives a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every acknowledged write is on the disk.
    Full,
    /// Left to the system's cache: for tests, several times quicker.
    None,
}

#[derive(Debug, Clone)]
pub struct LocalStackConfig {
    /// Created where it is missing. One running stack per folder.
    pub data_dir: PathBuf,
    pub durability: Durability,
}

impl LocalStackConfig {
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durability: Durability::Full,
        }
    }
}

/// A running Postgres and nats-server. Call [`LocalStack::stop`] to end them and
/// wait for it; dropped, they are ended in the background.
#[derive(Debug)]
pub struct LocalStack {
    // Fields are dropped in this order: NATS first, the folder's lock last.
    nats: Supervised,
    postgres: Supervised,
    database_url: SecretString,
    nats_url: SecretString,
    failure: watch::Receiver<Option<Arc<StackError>>>,
    sockets: PathBuf,
    folder: Folder,
}

impl LocalStack {
    /// Starts both and returns when both serve. `on_step` hears, in a few words,
    /// what is being done. Dropping the future undoes what was started.
    ///
    /// # Errors
    /// Each variant of [`StackError`] but `KeepsEnding`.
    pub async fn start(
        config: LocalStackConfig,
        mut on_step: impl FnMut(&str),
    ) -> Result<Self, StackError> {
        let programs = tokio::task::spawn_blocking(locate)
            .await
            .unwrap_or_else(|_| Programs::default());
        let nats_found = programs.best_nats()?;
        let folder = Folder::open(&config.data_dir)?;
        let durability = config.durability;
        let (failed, failure) = watch::channel(None);

        let postgres = Postgres::prepare(&folder, &programs, durability, &mut on_step).await?;
        let database_url = postgres.url();
        let sockets = postgres.sockets().to_owned();
        let running = postgres.start().await?;
        let postgres = Supervised::new(postgres, running, failed.clone());

        on_step(&format!("starting {nats_found}"));
        match start_nats(&folder, nats_found, durability, failed).await {
            Ok((nats, nats_url)) => Ok(Self {
                nats,
                postgres,
                database_url,
                nats_url,
                failure,
                sockets,
                folder,
            }),
            Err(error) => {
                postgres.stop().await;
                Err(error)
            }
        }
    }

    /// `postgres://…?host=<socket folder>`: a unix socket, no password.
    pub fn database_url(&self) -> &SecretString {
        &self.database_url
    }

    /// `nats://user:password@127.0.0.1:port`. The client does not take the two
    /// from the address by itself: hand them to its connect options.
    pub fn nats_url(&self) -> &SecretString {
        &self.nats_url
    }

    pub fn data_dir(&self) -> &Path {
        &self.folder.root
    }

    /// Becomes `Some` when a server kept ending and was given up.
    pub fn failure(&self) -> watch::Receiver<Option<Arc<StackError>>> {
        self.failure.clone()
    }

    /// Ends NATS, then Postgres, and waits for both. Stop what uses them before.
    pub async fn stop(self) {
        self.nats.stop().await;
        self.postgres.stop().await;
        // It may lie outside the data folder, where nothing of ours should stay.
        let _ = std::fs::remove_dir(&self.sockets);
    }
}

async fn start_nats(
    folder: &Folder,
    found: &crate::Found,
    durability: Durability,
    failed: Failure,
) -> Result<(Supervised, SecretString), StackError> {
    let mut nats = Nats::prepare(folder, found, durability).await?;
    let running = nats.start().await?;
    let url = nats.url();
    Ok((Supervised::new(nats, running, failed), url))
}
