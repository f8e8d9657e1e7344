//! What every worker works with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use commands::{CommandContext, Dispatcher};
use domain::{Clock, IdSource};
use event_store::Actor;
use integrations::Providers;
use integrations::media::MediaStore;
use projections::{Heartbeats, RelayedEvent, Subjects};
use tempfile::TempDir;

use crate::Health;

pub struct Pipeline {
    pub dispatcher: Dispatcher,
    pub nats: async_nats::Client,
    pub jetstream: jetstream::Context,
    pub subjects: Subjects,
    pub providers: Providers,
    pub health: Health,
    pub media: Arc<dyn MediaStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    /// Where working folders are made; emptied by who starts the program.
    pub scratch: PathBuf,
    /// See [`Consumer::ack_wait`](crate::Consumer::ack_wait).
    pub ack_wait: Duration,
    /// Of the workers of every process; heard while [`crate::spawn_all`]'s
    /// workers run. Missed after `ack_wait`.
    pub heartbeats: Heartbeats,
    /// Scenes drawn at the same time, over all videos.
    pub drawing: Arc<tokio::sync::Semaphore>,
}

impl Pipeline {
    /// A command of the worker `name`, caused by `message`.
    pub(crate) fn context(&self, name: &str, message: &RelayedEvent) -> CommandContext {
        CommandContext {
            command_id: self.ids.fresh(),
            correlation_id: message.correlation_id,
            causation_id: Some(message.event_id),
            actor: Actor::System {
                name: format!("worker/{name}"),
            },
            origin: None,
            owner: message.owner,
            traceparent: None,
        }
    }

    /// A folder that is deleted when it is dropped.
    pub(crate) fn working_folder(&self, name: &str) -> std::io::Result<TempDir> {
        tempfile::Builder::new()
            .prefix(&format!("{name}-"))
            .tempdir_in(&self.scratch)
    }

    /// 0 to 1, at random.
    pub(crate) fn jitter(&self) -> f64 {
        const STEPS: u128 = 1_000;
        (self.ids.fresh().as_u128() % STEPS) as f64 / STEPS as f64
    }
}
