//! The log to JetStream: what drives the workers.
//!
//! JetStream is derived from the log and may be lost; the log is the truth.
//! Messages are thin: they say which event, and a worker reads the rest from
//! the log. `Nats-Msg-Id` is the event's id, so a message published twice
//! within the window is kept once, and workers are idempotent beyond it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, context::PublishAckFuture, stream};
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, DomainEvent, Stage, UserId};
use event_store::{EventStore, Filter, Position, RecordedEvent, StoreError};
use serde::{Deserialize, Serialize};
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Subjects, checkpoint};

const NAME: &str = "relay";
/// Events published before their acknowledgements are awaited.
const BATCH: usize = 200;
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);
/// How long JetStream recognises a message by its id.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(10 * 60);
/// How long a message waits for a worker before only the log remembers it.
const MAX_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Advisory lock of the one active relay: "relay" in ASCII.
const LOCK: i64 = 0x72_65_6c_61_79;

/// What a message says: which event. The log has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayedEvent {
    pub event_id: Uuid,
    pub stream_id: Uuid,
    pub owner: UserId,
    pub correlation_id: Uuid,
    pub position: Position,
}

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

/// Makes sure that the stream of relayed events exists.
pub async fn ensure_stream(
    jetstream: &jetstream::Context,
    subjects: &Subjects,
) -> Result<(), RelayError> {
    jetstream
        .get_or_create_stream(stream::Config {
            name: subjects.stream_name(),
            subjects: vec![subjects.all_events()],
            storage: stream::StorageType::File,
            duplicate_window: DUPLICATE_WINDOW,
            max_age: MAX_AGE,
            ..Default::default()
        })
        .await?;
    Ok(())
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
        ensure_stream(&self.jetstream, &self.subjects).await?;
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
                acknowledgements.push(self.publish(event).await?);
            }
            for acknowledgement in acknowledgements {
                acknowledgement.await?;
            }
            let mut tx = self.pool.begin().await?;
            checkpoint::advance(&mut tx, NAME, from, page.scanned_to).await?;
            tx.commit().await?;
            if page.is_last {
                return Ok(());
            }
        }
    }

    async fn publish(
        &self,
        event: &RecordedEvent,
    ) -> Result<PublishAckFuture, jetstream::context::PublishError> {
        let subject = self.subjects.event(
            &event.stream.category,
            &event.event.type_name,
            due_stage(event),
        );
        let message = RelayedEvent {
            event_id: event.id,
            stream_id: event.stream.id,
            owner: event.metadata.owner,
            correlation_id: event.metadata.correlation_id,
            position: event.position,
        };
        let payload = serde_json::to_vec(&message).expect("a message has string keys only");
        let publish = jetstream::message::PublishMessage::build()
            .message_id(event.id.to_string())
            .payload(payload.into());
        self.jetstream.send_publish(subject, publish).await
    }
}

/// The stage `event` makes due. An event this program cannot read makes none
/// due; the projections say so.
fn due_stage(event: &RecordedEvent) -> Option<Stage> {
    if event.stream.category != Video::CATEGORY {
        return None;
    }
    VideoEvent::restore(&event.event).ok()?.due_stage()
}
