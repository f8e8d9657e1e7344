//! A version that is not live, as far as it has come, and who writes it.

use event_store::{EventStore, Filter, Position};
use sqlx::{Postgres, Transaction};

use super::RebuildError;
use crate::Projector;
use crate::parking::{self, Applied, Read, Writer};
use crate::version::{self, Version};

/// Events read at a time when the end is near.
const LAST_BATCH: usize = 500;

pub(super) struct Part {
    /// Remembers what it wrote, so it must be thrown away with a transaction
    /// that is rolled back.
    projector: Box<dyn Projector>,
    /// As far as it is committed.
    pub(super) at: Version,
    pub(super) schema: String,
    /// Events a second.
    pub(super) rate: Option<f64>,
}

impl Part {
    pub(super) fn new(projector: Box<dyn Projector>, at: Version) -> Self {
        Self {
            schema: version::schema_of(projector.name(), at.version),
            projector,
            at,
            rate: None,
        }
    }

    /// The same with a projector that remembers nothing yet.
    pub(super) fn afresh(&self, projector: Box<dyn Projector>) -> Self {
        Self {
            projector,
            at: self.at.clone(),
            schema: self.schema.clone(),
            rate: self.rate,
        }
    }

    pub(super) fn filter(&self) -> Filter {
        self.projector.filter()
    }

    /// What comes next before `goal`, and how far that is; none at the goal.
    pub(super) async fn read_towards(
        &self,
        store: &dyn EventStore,
        goal: Position,
    ) -> Result<Option<(Vec<Read>, Position)>, RebuildError> {
        let from = self.at.position;
        if from.has_reached(&goal) != Some(false) {
            return Ok(None);
        }
        let mut page = store.read_raw(from, LAST_BATCH, &self.filter()).await?;
        if page.scanned_to.value > goal.value {
            page.events.retain(|it| it.position.value <= goal.value);
            page.scanned_to = goal;
        }
        Ok(Some((parking::read(page.events), page.scanned_to)))
    }

    /// Applies `events` and moves the checkpoint to `to`.
    pub(super) async fn write(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: Vec<Read>,
        to: Position,
    ) -> Result<Applied, RebuildError> {
        let name = self.projector.name();
        version::look_in(tx, &self.schema).await?;
        if !version::advance_beside(tx, name, &self.at, to, events.len(), self.rate).await? {
            return Err(RebuildError::Overtaken);
        }
        let writer = Writer {
            projector: &*self.projector,
            version: self.at.version,
        };
        Ok(parking::apply(writer, tx, events).await?)
    }
}
