//! Postgres and nats-server, durable as users have them, and ways to hurt them.

use std::path::Path;

use anyhow::Context;
use futures::TryStreamExt;
use kurrentdb_double::Double;
use local_stack::{LocalStack, LocalStackConfig};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;

use crate::Store;
use crate::setup::{Ground, Setup};

pub(super) struct Servers {
    stack: LocalStack,
    kurrentdb: Option<Double>,
}

impl Servers {
    pub(super) async fn start(folder: &Path, store: Store) -> anyhow::Result<Self> {
        let stack = LocalStack::start(LocalStackConfig::new(folder.join("stack")), |_| {}).await?;
        let kurrentdb = match store {
            Store::Postgres => None,
            Store::Kurrentdb => Some(Double::start().await?),
        };
        Ok(Self { stack, kurrentdb })
    }

    pub(super) fn event_store_url(&self) -> Option<String> {
        self.kurrentdb.as_ref().map(Double::url)
    }

    pub(super) fn database_url(&self) -> String {
        self.stack.database_url().expose_secret().to_owned()
    }

    pub(super) fn nats_url(&self) -> String {
        self.stack.nats_url().expose_secret().to_owned()
    }

    /// Connections of the run's own, to a database with its tables.
    pub(super) async fn migrated(&self, setup: &Setup) -> anyhow::Result<Ground> {
        let pool = event_store::database::connect(&setup.database_url, 1).await?;
        event_store::database::MIGRATOR.run(&pool).await?;
        pool.close().await;
        setup.connect().await
    }

    pub(super) fn kill_postgres(&self) -> anyhow::Result<()> {
        kill_process_in(&self.stack.data_dir().join("postgres/postmaster.pid"))
    }

    pub(super) fn kill_nats(&self) -> anyhow::Result<()> {
        kill_process_in(&self.stack.data_dir().join("nats/nats.pid"))
    }

    /// It goes on with what it held.
    pub(super) fn restart_kurrentdb(&self) -> anyhow::Result<()> {
        if let Some(double) = &self.kurrentdb {
            double.restart()?;
        }
        Ok(())
    }

    pub(super) async fn wipe_jetstream(&self) -> anyhow::Result<()> {
        let client = projections::nats::connect(&self.nats_url()).await?;
        let jetstream = async_nats::jetstream::new(client);
        let names: Vec<String> = jetstream.stream_names().try_collect().await?;
        for name in names {
            jetstream.delete_stream(name).await?;
        }
        Ok(())
    }

    pub(super) async fn stop(self) {
        self.stack.stop().await;
    }
}

fn kill_process_in(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let id = text.lines().next().unwrap_or_default().trim().parse()?;
    kill(Pid::from_raw(id), Signal::SIGKILL)?;
    Ok(())
}
