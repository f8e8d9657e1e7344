//! Runs a projector along the log, from its checkpoint to the end and on.
//!
//! Only the live version is followed, and only by the logic that wrote it: when
//! a swap or another version of the program comes between, the follower stands
//! aside.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use event_store::{EventStore, Position, StoreError};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::parking::{self, Writer};
use crate::version::{self, Version};
use crate::{Changed, ProjectionError, Projector, Subjects, Watermarks};

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
    /// The live rows are another logic's.
    NotOurs(Version),
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
        let mut aside = false;
        while !stop.is_cancelled() {
            hints.mark_unchanged();
            match self.step().await {
                Ok(step) => {
                    if std::mem::take(&mut failing) {
                        tracing::info!(projection = name, "the projection goes on");
                    }
                    self.watch_logic(&step, &mut aside);
                    match step {
                        Step::Advanced(at) => {
                            self.watermarks.reached(name, at);
                            continue;
                        }
                        Step::CaughtUp(at) => self.watermarks.reached(name, at),
                        Step::NotOurs(_) => {}
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

    /// Follows to where the log ends now, or to where another logic's rows end.
    pub async fn catch_up(&self) -> Result<Position, FollowError> {
        loop {
            match self.step().await? {
                Step::Advanced(_) => {}
                Step::CaughtUp(at) => return Ok(at),
                Step::NotOurs(live) => return Ok(live.position),
            }
        }
    }

    fn watch_logic(&self, step: &Step, aside: &mut bool) {
        let Step::NotOurs(live) = step else {
            *aside = false;
            return;
        };
        if !std::mem::replace(aside, true) {
            tracing::warn!(
                projection = self.projector.name(),
                live.version,
                live.logic,
                logic = self.projector.logic(),
                "the live rows are of another version of this program: they stand still until \
                 that program follows, or a rebuild with this one is done"
            );
        }
    }

    async fn step(&self) -> Result<Step, FollowError> {
        let name = self.projector.name();
        let live = loop {
            if let Some(live) = version::live(&self.pool, name).await? {
                break live;
            }
            let start = self.store.start().await?;
            version::init(&self.pool, name, self.projector.logic(), start).await?;
        };
        if live.logic != self.projector.logic() {
            return Ok(Step::NotOurs(live));
        }
        let from = live.position;
        let page = self
            .store
            .read_raw(from, BATCH, &self.projector.filter())
            .await?;
        let to = page.scanned_to;
        if to == from {
            return Ok(Step::CaughtUp(from));
        }
        let mut tx = self.pool.begin().await?;
        if !version::advance(&mut tx, name, &live, to).await? {
            tx.rollback().await?;
            return Ok(Step::Advanced(from));
        }
        let writer = Writer {
            projector: &*self.projector,
            version: live.version,
        };
        let applied = parking::apply(writer, &mut tx, parking::read(page.events)).await?;
        tx.commit().await?;
        applied.report(name);
        self.hint(applied.changes).await;
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
