//! Carries out what admins order about parked events: try again, leave out.
//!
//! The orders are events, followed like any others, so each is carried out once
//! by whichever process comes first, in the transaction of its checkpoint.

use std::sync::Arc;

use async_trait::async_trait;
use domain::projection::{Projection, ProjectionEvent, ProjectionName};
use domain::{Aggregate, DomainEvent};
use event_store::{EventStore, Filter, RecordedEvent, StoreError, StreamName};
use sqlx::{Postgres, Transaction};

use super::lot::Lot;
use super::{Parked, Writer, apply_good, chain};
use crate::{Changed, ProjectionError, Projector, version};

/// The name of its checkpoint, for who waits until an order is carried out.
pub const ORDERS: &str = "parked-orders";

/// Parked events tried in one look at the log.
const BATCH: usize = 100;

/// A projector in form: what it changes is what `projectors` write.
pub struct OrdersProjector {
    projectors: Vec<Arc<dyn Projector>>,
    store: Arc<dyn EventStore>,
}

impl OrdersProjector {
    pub fn new(projectors: Vec<Arc<dyn Projector>>, store: Arc<dyn EventStore>) -> Self {
        Self { projectors, store }
    }

    /// Applies the parked events of `stream` in order, up to the first that
    /// cannot be applied even now.
    async fn retry(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        projection: &ProjectionName,
        stream: &str,
    ) -> Result<Vec<Changed>, ProjectionError> {
        let named = |projector: &&Arc<dyn Projector>| projector.name() == projection.as_str();
        let (Some(projector), Ok(stream)) = (
            self.projectors.iter().find(named),
            stream.parse::<StreamName>(),
        ) else {
            return Ok(vec![]);
        };
        // The follower of the projection waits meanwhile, so that no event of
        // the stream comes between.
        let live = version::lock_live(&mut *tx, projector.name()).await?;
        let Some(live) = live.filter(|live| live.logic == projector.logic()) else {
            tracing::warn!(
                projection = projector.name(),
                "parked events are not tried again: the live rows are of another version of \
                 this program"
            );
            return Ok(vec![]);
        };
        let writer = Writer {
            projector: &**projector,
            version: live.version,
        };
        let lot = Lot::of(writer);
        let mut changes = Vec::new();
        loop {
            let parked = lot.of_stream(&mut *tx, &stream, BATCH).await?;
            for event in &parked {
                let problem = match self.read(&stream, event.revision).await? {
                    Ok(recorded) => {
                        let mut applied = apply_good(writer, tx, vec![recorded]).await?;
                        changes.append(&mut applied.changes);
                        applied.parked.pop().and_then(|parked| parked.problem)
                    }
                    Err(corrupt) if lot.skipped(&mut *tx, &[event.id]).await?.is_empty() => {
                        Some(chain(&corrupt))
                    }
                    Err(_) => None,
                };
                if problem.is_some() {
                    let event = event.clone();
                    lot.park(&mut *tx, &[Parked { event, problem }]).await?;
                    return Ok(changes);
                }
                lot.release(&mut *tx, event.id).await?;
            }
            if parked.len() < BATCH {
                return Ok(changes);
            }
        }
    }

    /// One event; the inner error says that it is corrupt.
    async fn read(
        &self,
        stream: &StreamName,
        revision: u64,
    ) -> Result<Result<RecordedEvent, StoreError>, ProjectionError> {
        match self.store.read_stream(stream, revision, 1).await {
            Ok(mut events) => match events.pop() {
                Some(event) => Ok(Ok(event)),
                None => Err(sqlx::Error::RowNotFound.into()),
            },
            Err(corrupt @ StoreError::Corrupt { .. }) => Ok(Err(corrupt)),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Projector for OrdersProjector {
    fn name(&self) -> &'static str {
        ORDERS
    }

    fn logic(&self) -> u32 {
        1
    }

    fn tables(&self) -> &'static [&'static str] {
        &[]
    }

    fn filter(&self) -> Filter {
        Filter {
            categories: vec![Projection::CATEGORY.to_owned()],
            type_names: vec![
                "ParkedEventsRetried".to_owned(),
                "ParkedEventSkipped".to_owned(),
            ],
            ..Filter::default()
        }
    }

    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError> {
        let mut changes = Vec::new();
        for recorded in events {
            let event = ProjectionEvent::restore(&recorded.event).map_err(|source| {
                ProjectionError::Decode {
                    position: recorded.position,
                    source,
                }
            })?;
            match event {
                ProjectionEvent::ParkedRetried { projection, stream } => {
                    changes.extend(self.retry(tx, &projection, &stream).await?);
                }
                ProjectionEvent::ParkedSkipped {
                    projection,
                    stream,
                    event_id,
                    reason,
                } => {
                    Lot::skip(&mut *tx, projection.as_str(), event_id, reason.as_str()).await?;
                    changes.extend(self.retry(tx, &projection, &stream).await?);
                }
                _ => {}
            }
        }
        Ok(changes)
    }

    fn for_bulk(&self) -> Box<dyn Projector> {
        Box::new(Self::new(self.projectors.clone(), self.store.clone()))
    }
}
