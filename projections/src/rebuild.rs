//! Rebuilding a read model beside itself, while it is read and written; and
//! rolling back to the version before.
//!
//! What is to be done is in the projection's own stream
//! ([`domain::projection`]), what is there is in the rows ([`crate::version`]).
//! A [`Rebuilder`] compares the two and does what is missing, so it does not
//! matter when a process dies or which takes over. Of several, one works on a
//! projection at a time. A rebuild sends no hints: nothing it writes is news.
//!
//! 1. New tables in a schema of their own; the log is read from its start in
//!    large pages, the next while the last is written.
//! 2. Where the logic is that of the live rows, both versions are compared at
//!    the same position of the log. If they differ, somebody must decide.
//! 3. One short transaction holds the live checkpoint, applies what is left, and
//!    swaps. The version before stays, to roll back to.

mod ahead;
mod builder;
mod compare;
mod journal;
mod lock;
mod part;
mod swap;

use std::sync::Arc;
use std::time::Duration;

use domain::projection::{Comparison, Pace, ProjectionOrder, RebuildCause, Work};
use domain::{Clock, DecodeError};
use event_store::{AppendError, EventStore, Position, StoreError};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::version::{self, Version, VersionState};
use crate::{ProjectionError, Projector};
use builder::Builder;
use journal::Journal;
use lock::Lock;
use swap::Swap;

/// Events written in one transaction, if they are small.
const PAGE: usize = 4_000;
/// How often to look whether something is to be done.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Before a swap that readers held up is tried again.
const PAUSE_AFTER_BUSY: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error("the log could not be read")]
    Store(#[from] StoreError),
    #[error("the events could not be applied")]
    Projection(#[from] ProjectionError),
    #[error("the new version could not be written")]
    Database(#[from] sqlx::Error),
    #[error("what was done could not be recorded")]
    Append(#[from] AppendError),
    #[error("the projection's own event at {position} cannot be understood")]
    Decode {
        position: Position,
        #[source]
        source: DecodeError,
    },
    #[error("another process works on the same version")]
    Overtaken,
}

/// Builds, swaps and drops versions of one projection as it is ordered.
pub struct Rebuilder {
    projector: Arc<dyn Projector>,
    store: Arc<dyn EventStore>,
    pool: PgPool,
    journal: Journal,
    page: usize,
}

impl Rebuilder {
    pub fn new(
        projector: Arc<dyn Projector>,
        store: Arc<dyn EventStore>,
        pool: PgPool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let journal = Journal::new(projector.name(), Arc::clone(&store), clock);
        Self {
            projector,
            store,
            pool,
            journal,
            page: PAGE,
        }
    }

    /// Writes up to `events` in one transaction.
    #[must_use]
    pub fn with_page(self, events: usize) -> Self {
        Self {
            page: events,
            ..self
        }
    }

    /// Works until `stop`. A failure is logged and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let mut failing = false;
        while !stop.is_cancelled() {
            match self.look(&stop).await {
                Ok(()) => failing = false,
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(
                            projection = self.projector.name(),
                            error = &error as &dyn std::error::Error,
                            "the rebuild stands still until this is mended"
                        );
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Does what is ordered now, to its end, unless `stop` or another order
    /// comes between.
    pub async fn look(&self, stop: &CancellationToken) -> Result<(), RebuildError> {
        let versions = version::list(&self.pool, self.projector.name()).await?;
        let live = versions.iter().find(|one| one.state == VersionState::Live);
        let Some(live) = live else {
            return Ok(());
        };
        let mut state = self.journal.load().await?;
        if live.version != state.live() {
            // Whoever swapped could not say so any more.
            self.record_live(live).await?;
            state = self.journal.load().await?;
        }
        if live.logic < self.projector.logic() && state.work().is_none() {
            let order = ProjectionOrder::Rebuild {
                cause: RebuildCause::LogicChanged,
                logic: self.projector.logic(),
            };
            self.journal.record(order).await?;
            state = self.journal.load().await?;
        }
        let work = state.work().filter(is_running);
        let ordered = state.work().map(version_of);
        let stray =
            |it: &&Version| it.state == VersionState::Building && Some(it.version) != ordered;
        if work.is_none() && !versions.iter().any(|it| stray(&it)) {
            return Ok(());
        }
        let Some(mut lock) = Lock::take(&self.pool, self.projector.name()).await? else {
            return Ok(());
        };
        let done = async {
            for stray in versions.iter().filter(stray) {
                let name = self.projector.name();
                lock.drop_version(name, stray.version).await?;
            }
            if let Some(work) = work
                && let Some(builder) = Builder::take_up(self, &mut lock, work, live, stop).await?
            {
                self.finish(builder, work).await?;
            }
            Ok(())
        };
        let done = done.await;
        lock.release().await;
        done
    }

    async fn finish(&self, mut builder: Builder<'_>, work: Work) -> Result<(), RebuildError> {
        if !builder.catch_up_in_bulk().await? {
            return Ok(());
        }
        builder.add_indexes().await?;
        if must_compare(work) {
            let Some(comparison) = builder.compare().await? else {
                return Ok(());
            };
            let (name, version) = (self.projector.name(), version_of(work));
            version::set_comparison(&self.pool, name, version, comparison).await?;
            if comparison == Comparison::Differs {
                tracing::error!(
                    projection = name,
                    version,
                    "the rebuilt rows differ from the live ones, and the logic is the same: \
                     readers keep the live ones until an admin decides"
                );
                return self.journal.record(ProjectionOrder::Hold { version }).await;
            }
        }
        while builder.is_wanted().await? {
            match builder.swap().await? {
                Swap::Done(live) => return self.record_live(&live).await,
                Swap::Behind => {}
                Swap::Busy => tokio::time::sleep(PAUSE_AFTER_BUSY).await,
            }
        }
        Ok(())
    }

    async fn record_live(&self, live: &Version) -> Result<(), RebuildError> {
        let comparison = live.comparison.unwrap_or(Comparison::NotCompared);
        tracing::info!(
            projection = self.projector.name(),
            version = live.version,
            "another version of the read model is live"
        );
        let order = ProjectionOrder::Complete {
            version: live.version,
            comparison,
        };
        self.journal.record(order).await
    }
}

fn version_of(work: Work) -> u32 {
    let (Work::Rebuild { version, .. } | Work::Rollback { version }) = work;
    version
}

fn is_running(work: &Work) -> bool {
    match work {
        Work::Rebuild { pace, .. } => *pace == Pace::Running,
        Work::Rollback { .. } => true,
    }
}

fn must_compare(work: Work) -> bool {
    match work {
        Work::Rebuild {
            accepts_difference, ..
        } => !accepts_difference,
        Work::Rollback { .. } => false,
    }
}
