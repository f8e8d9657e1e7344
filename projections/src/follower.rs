//! Runs a projector along the log, from its checkpoint to the end and on.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use event_store::{EventStore, Position, StoreError};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{Changed, ProjectionError, Projector, Subjects, Watermarks, checkpoint};

/// Events looked at in one transaction.
const BATCH: usize = 500;
/// How long to go without a hint before looking anyway.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Pause after a failure, so that a broken database is not hammered.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("the log could not be read")]
    Store(#[from] StoreError),
    #[error("the events could not be applied")]
    Projection(#[from] ProjectionError),
    #[error("the checkpoint could not be read or moved")]
    Checkpoint(#[from] sqlx::Error),
}

/// One projection, kept up with the log.
pub struct Follower {
    projector: Arc<dyn Projector>,
    store: Arc<dyn EventStore>,
    pool: PgPool,
    nats: async_nats::Client,
    subjects: Subjects,
    watermarks: Watermarks,
}

/// What one step found.
enum Step {
    /// There may be more.
    Advanced(Position),
    /// Nothing after this, for now.
    CaughtUp(Position),
}

impl Follower {
    pub fn new(
        projector: Arc<dyn Projector>,
        store: Arc<dyn EventStore>,
        pool: PgPool,
        nats: async_nats::Client,
        subjects: Subjects,
        watermarks: Watermarks,
    ) -> Self {
        Self {
            projector,
            store,
            pool,
            nats,
            subjects,
            watermarks,
        }
    }

    /// Follows until `stop`. A failure is logged and tried again: an event is
    /// never skipped.
    pub async fn run(self, stop: CancellationToken) {
        let name = self.projector.name();
        let mut hints = self.store.hints();
        let mut failing = false;
        while !stop.is_cancelled() {
            hints.mark_unchanged();
            match self.step().await {
                Ok(step) => {
                    if std::mem::take(&mut failing) {
                        tracing::info!(projection = name, "the projection goes on");
                    }
                    let (Step::Advanced(at) | Step::CaughtUp(at)) = step;
                    self.watermarks.reached(name, at);
                    if matches!(step, Step::Advanced(_)) {
                        continue;
                    }
                    tokio::select! {
                        () = stop.cancelled() => {}
                        _ = hints.changed() => {}
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(
                            projection = name,
                            error = &error as &dyn std::error::Error,
                            "the projection stands still until this is mended"
                        );
                    }
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
                    }
                }
            }
        }
    }

    /// Follows to where the log ends now.
    pub async fn catch_up(&self) -> Result<Position, FollowError> {
        loop {
            if let Step::CaughtUp(at) = self.step().await? {
                return Ok(at);
            }
        }
    }

    async fn step(&self) -> Result<Step, FollowError> {
        let name = self.projector.name();
        let Some(from) = checkpoint::load(&self.pool, name).await? else {
            checkpoint::init(&self.pool, name, self.store.start().await?).await?;
            return Box::pin(self.step()).await;
        };
        let page = self
            .store
            .read_all(from, BATCH, &self.projector.filter())
            .await?;
        let to = page.scanned_to;
        if to == from {
            return Ok(Step::CaughtUp(from));
        }
        let mut tx = self.pool.begin().await?;
        if !checkpoint::advance(&mut tx, name, from, to).await? {
            tx.rollback().await?;
            return Ok(Step::Advanced(from));
        }
        let changes = self.projector.apply(&mut tx, &page.events).await?;
        tx.commit().await?;
        self.hint(changes).await;
        Ok(if page.is_last {
            Step::CaughtUp(to)
        } else {
            Step::Advanced(to)
        })
    }

    /// Tells who shows these rows to look again. A hint that is lost costs a
    /// second, so a failure to send one is no failure of the projection.
    async fn hint(&self, changes: Vec<Changed>) {
        let once: HashSet<_> = changes.into_iter().collect();
        for Changed { noun, id, owner } in once {
            let subject = self.subjects.changed(noun, owner, id);
            if let Err(error) = self.nats.publish(subject, bytes::Bytes::new()).await {
                tracing::debug!(%error, "a change hint was not sent");
            }
        }
    }
}
