//! The log to JetStream: what drives the workers.
//!
//! JetStream is derived from the log and may be lost; the log is the truth.
//! Messages are thin: they say which event, and a worker reads the rest from
//! the log. `Nats-Msg-Id` is the event's id, so a message published twice
//! within the window is kept once, and workers are idempotent beyond it.
//! What JetStream loses all the same, the [`Reconciler`] finds and sends again.

mod held;
mod message;
mod outstanding;
mod reconciler;
mod stream;

pub use message::RelayedEvent;
pub use reconciler::{Reconciler, ReconcilerConfig, Resent};
pub use stream::ensure_stream;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, context::PublishAckFuture};
use event_store::{EventStore, Filter, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio_util::sync::CancellationToken;

use crate::{Subjects, checkpoint};

const NAME: &str = "relay";
/// Events published before their acknowledgements are awaited.
const BATCH: usize = 200;
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);
/// Advisory lock of the one active relay: "relay" in ASCII.
const LOCK: i64 = 0x72_65_6c_61_79;

#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("the log could not be read")]
    Store(#[from] StoreError),
    #[error("the relay's checkpoint could not be read or moved")]
    Checkpoint(#[from] sqlx::Error),
    #[error("JetStream did not take the events")]
    Publish(#[from] jetstream::context::PublishError),
    #[error("the JetStream stream could not be created")]
    Stream(#[from] jetstream::context::CreateStreamError),
}

pub struct Relay {
    store: Arc<dyn EventStore>,
    pool: PgPool,
    jetstream: jetstream::Context,
    subjects: Subjects,
}

impl Relay {
    pub fn new(
        store: Arc<dyn EventStore>,
        pool: PgPool,
        jetstream: jetstream::Context,
        subjects: Subjects,
    ) -> Self {
        Self {
            store,
            pool,
            jetstream,
            subjects,
        }
    }

    /// Relays until `stop`. A failure is logged and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let mut hints = self.store.hints();
        let mut failing = false;
        while !stop.is_cancelled() {
            hints.mark_unchanged();
            let pause = match self.relay_what_is_new().await {
                Ok(()) => {
                    if std::mem::take(&mut failing) {
                        tracing::info!("the relay goes on");
                    }
                    LOOK_EVERY
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "events do not reach the workers until this is mended"
                        );
                    }
                    PAUSE_AFTER_ERROR
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                _ = hints.changed(), if !failing => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Relays to where the log ends now, once no other process is at it.
    pub async fn catch_up(&self) -> Result<(), RelayError> {
        let mut lock = self.pool.acquire().await?;
        sqlx::query!("SELECT pg_advisory_lock($1)", LOCK)
            .execute(&mut *lock)
            .await?;
        self.relay_and_unlock(lock).await
    }

    /// To the end of the log, if no other process is at it.
    async fn relay_what_is_new(&self) -> Result<(), RelayError> {
        let mut lock = self.pool.acquire().await?;
        let held = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "held!""#, LOCK)
            .fetch_one(&mut *lock)
            .await?;
        if !held {
            return Ok(());
        }
        self.relay_and_unlock(lock).await
    }

    async fn relay_and_unlock(&self, mut lock: PoolConnection<Postgres>) -> Result<(), RelayError> {
        let done = self.relay_to_the_end().await;
        // A connection that cannot unlock is closed, which unlocks too.
        let unlocked = sqlx::query_scalar!("SELECT pg_advisory_unlock($1)", LOCK)
            .fetch_one(&mut *lock)
            .await;
        if unlocked.is_err() {
            lock.close_on_drop();
        }
        done
    }

    async fn relay_to_the_end(&self) -> Result<(), RelayError> {
        let stream = ensure_stream(&self.jetstream, &self.subjects).await?;
        stream::note(&self.pool, stream.cached_info()).await?;
        loop {
            let Some(from) = checkpoint::load(&self.pool, NAME).await? else {
                checkpoint::init(&self.pool, NAME, self.store.start().await?).await?;
                continue;
            };
            let page = self.store.read_all(from, BATCH, &Filter::default()).await?;
            if page.scanned_to == from {
                return Ok(());
            }
            let mut acknowledgements: Vec<PublishAckFuture> = Vec::with_capacity(page.events.len());
            for event in &page.events {
                let id = event.id.to_string();
                let sent = message::publish(&self.jetstream, &self.subjects, event, id).await?;
                acknowledgements.push(sent);
            }
            let mut last_sequence = 0;
            for acknowledgement in acknowledgements {
                last_sequence = last_sequence.max(acknowledgement.await?.sequence);
            }
            let mut tx = self.pool.begin().await?;
            checkpoint::advance(&mut tx, NAME, from, page.scanned_to).await?;
            stream::extend(&mut tx, stream.cached_info(), last_sequence).await?;
            tx.commit().await?;
            if page.is_last {
                return Ok(());
            }
        }
    }
}
