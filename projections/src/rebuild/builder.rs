//! One version on its way from where it is to where the live one is.

use std::sync::Arc;
use std::time::Instant;

use domain::projection::Work;
use event_store::Position;
use tokio_util::sync::CancellationToken;

use super::ahead::ReadAhead;
use super::lock::Lock;
use super::part::Part;
use super::{RebuildError, Rebuilder, version_of};
use crate::parking::Read;
use crate::version::{self, Version};

/// How much of the rate that is told is the newest page's.
const NEWEST: f64 = 0.3;
/// Should the server crash, rows and checkpoint go back together. Documents are
/// compressed the faster way, where the server knows it.
const FOR_BULK: &str = "
    SET LOCAL synchronous_commit = off;
    SELECT set_config(name, 'lz4', true) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)";

pub(super) struct Builder<'a> {
    pub(super) rebuilder: &'a Rebuilder,
    pub(super) lock: &'a mut Lock,
    pub(super) part: Part,
    work: Work,
    stop: &'a CancellationToken,
}

impl<'a> Builder<'a> {
    /// Goes on with the version of `work`, or begins it. None when that is for
    /// another version of this program to do.
    pub(super) async fn take_up(
        rebuilder: &'a Rebuilder,
        lock: &'a mut Lock,
        work: Work,
        live: &Version,
        stop: &'a CancellationToken,
    ) -> Result<Option<Self>, RebuildError> {
        let version = version_of(work);
        let name = rebuilder.projector.name();
        let logic = rebuilder.projector.logic();
        let known = version::load(&rebuilder.pool, name, version).await?;
        let at = match (known, work) {
            (Some(known), _) if known.logic == logic => known,
            (_, Work::Rollback { .. }) => {
                tracing::warn!(
                    projection = name,
                    version,
                    logic,
                    "the version to roll back to is another program's, which must do it"
                );
                return Ok(None);
            }
            // A newer program asked for it or has begun it, or readers have rows
            // of one.
            (_, Work::Rebuild { logic: least, .. }) if least > logic => return Ok(None),
            (Some(known), _) if known.logic > logic => return Ok(None),
            _ if live.logic > logic => return Ok(None),
            _ => begin(rebuilder, lock, version).await?,
        };
        Ok(Some(Self {
            rebuilder,
            lock,
            part: Part::new(rebuilder.projector.for_bulk(), at),
            work,
            stop,
        }))
    }

    /// Whether it is still to be worked on, here and now.
    pub(super) async fn is_wanted(&self) -> Result<bool, RebuildError> {
        let work = self.rebuilder.journal.load().await?.work();
        Ok(work == Some(self.work) && !self.stop.is_cancelled())
    }

    /// To about where the live version is, or, where that is another logic's and
    /// may stand still, to where the log ends; in large pages. False when it is
    /// to stop before.
    pub(super) async fn catch_up_in_bulk(&mut self) -> Result<bool, RebuildError> {
        let store = Arc::clone(&self.rebuilder.store);
        let mut ahead = ReadAhead::start(
            store,
            self.part.at.position,
            self.rebuilder.page,
            self.part.filter(),
        );
        let mut begun = Instant::now();
        while let Some(page) = ahead.next().await {
            if !self.is_wanted().await? {
                return Ok(false);
            }
            let page = page?;
            if self.passes_live(page.scanned_to).await? {
                break;
            }
            let events = page.events.len();
            if page.scanned_to != self.part.at.position {
                self.write(page.events, page.scanned_to).await?;
            }
            if !page.is_last {
                let newest = events as f64 / begun.elapsed().as_secs_f64().max(1e-6);
                let rate = self.part.rate.unwrap_or(newest);
                self.part.rate = Some(rate + NEWEST * (newest - rate));
            }
            begun = Instant::now();
        }
        self.is_wanted().await
    }

    /// Whether `position` is beyond the live version, which is followed by the
    /// same logic: there the two are compared.
    async fn passes_live(&self, position: Position) -> Result<bool, RebuildError> {
        let name = self.rebuilder.projector.name();
        let live = version::live(&self.rebuilder.pool, name).await?;
        Ok(live.is_some_and(|live| {
            live.logic == self.part.at.logic && live.position.has_reached(&position) == Some(false)
        }))
    }

    /// To `goal` and not beyond, in small pages.
    pub(super) async fn catch_up_to(&mut self, goal: Position) -> Result<(), RebuildError> {
        let store = Arc::clone(&self.rebuilder.store);
        while let Some((events, to)) = self.part.read_towards(&*store, goal).await? {
            self.write(events, to).await?;
        }
        Ok(())
    }

    pub(super) async fn add_indexes(&mut self) -> Result<(), RebuildError> {
        let connection = self.lock.connection();
        version::add_indexes(connection, &*self.rebuilder.projector, &self.part.schema).await?;
        Ok(())
    }

    async fn write(&mut self, events: Vec<Read>, to: Position) -> Result<(), RebuildError> {
        let count = events.len() as u64;
        let mut tx = self.lock.begin().await?;
        sqlx::raw_sql(FOR_BULK).execute(&mut *tx).await?;
        let applied = self.part.write(&mut tx, events, to).await?;
        tx.commit().await?;
        applied.report(self.rebuilder.projector.name());
        self.part.at.position = to;
        self.part.at.events += count;
        Ok(())
    }
}

/// New, empty tables.
async fn begin(
    rebuilder: &Rebuilder,
    lock: &mut Lock,
    version: u32,
) -> Result<Version, RebuildError> {
    let projector = &*rebuilder.projector;
    let start = rebuilder.store.start().await?;
    let mut tx = lock.begin().await?;
    version::create_tables(&mut tx, projector, version).await?;
    version::create(&mut tx, projector.name(), version, projector.logic(), start).await?;
    tx.commit().await?;
    tracing::info!(
        projection = projector.name(),
        version,
        logic = projector.logic(),
        "a new version of the read model is being built"
    );
    let begun = version::load(&rebuilder.pool, projector.name(), version).await?;
    Ok(begun.ok_or(sqlx::Error::RowNotFound)?)
}
