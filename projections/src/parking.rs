//! Applying events, and parking those that cannot be applied.
//!
//! An event that cannot be understood, or that Postgres takes no row of, is
//! parked with its reason, and so is every later event of its stream, in order;
//! all other streams go on. It happens in the transaction that moves the
//! checkpoint, so an event is applied, parked or still to come, and nothing
//! else. A lost connection parks nothing.

mod lot;
mod orders;
mod queries;
mod sort;

pub use orders::{ORDERS, OrdersProjector};
pub use queries::{ParkedEvent, ParkedQueries};

use std::collections::HashSet;
use std::error::Error;

use event_store::{Position, RawEvent, RecordedEvent, StreamName};
use sqlx::{Connection, Postgres, Transaction};
use uuid::Uuid;

use crate::{Changed, ProjectionError, Projector};
use lot::Lot;
use sort::{Sorted, sort};

/// Whose rows are written.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) projector: &'a dyn Projector,
    pub(crate) version: u32,
}

/// What became of a page of events.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub(crate) changes: Vec<Changed>,
    /// In no particular order.
    pub(crate) parked: Vec<Parked>,
}

/// An event that could not be applied, or that stands behind one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parked {
    pub(crate) event: EventRef,
    /// None when it only waits for the one before it.
    pub(crate) problem: Option<String>,
}

/// Which event, without what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EventRef {
    pub(crate) id: Uuid,
    pub(crate) stream: StreamName,
    pub(crate) revision: u64,
    pub(crate) position: Position,
    pub(crate) type_name: String,
}

impl From<&RawEvent> for EventRef {
    fn from(event: &RawEvent) -> Self {
        Self {
            id: event.id,
            stream: event.stream.clone(),
            revision: event.revision,
            position: event.position,
            type_name: event.type_name.clone(),
        }
    }
}

impl From<&RecordedEvent> for EventRef {
    fn from(event: &RecordedEvent) -> Self {
        Self {
            id: event.id,
            stream: event.stream.clone(),
            revision: event.revision,
            position: event.position,
            type_name: event.event.type_name.clone(),
        }
    }
}

impl Applied {
    /// Tells the log of what was parked; to be called once it is committed.
    pub(crate) fn report(&self, projection: &str) {
        for Parked { event, problem } in &self.parked {
            // The problem may quote what the event says, which stays out of logs.
            if problem.is_some() {
                tracing::error!(
                    projection,
                    stream = %event.stream,
                    position = event.position.value,
                    event = event.type_name,
                    "an event cannot be applied: it is parked, and so is what follows in its \
                     stream; see `narrate projections parked`"
                );
            }
        }
    }
}

/// An event of a page, or that it cannot be read.
pub(crate) type Read = Result<RecordedEvent, Box<Parked>>;

/// Reads each event by itself, so that one that is corrupt stops no other.
pub(crate) fn read(events: Vec<RawEvent>) -> Vec<Read> {
    let read = |raw: RawEvent| {
        let event = EventRef::from(&raw);
        raw.read().map_err(|error| {
            Box::new(Parked {
                event,
                problem: Some(chain(&error)),
            })
        })
    };
    events.into_iter().map(read).collect()
}

/// Applies `events`, which the log has in this order, and parks what it must.
pub(crate) async fn apply(
    writer: Writer<'_>,
    tx: &mut Transaction<'_, Postgres>,
    events: Vec<Read>,
) -> Result<Applied, ProjectionError> {
    if events.is_empty() {
        return Ok(Applied::default());
    }
    let lot = Lot::of(writer);
    let streams = lot.parked_streams(tx, &events).await?;
    let corrupt = events.iter().filter_map(|read| read.as_ref().err());
    let corrupt: Vec<_> = corrupt.map(|parked| parked.event.id).collect();
    let skipped = lot.skipped(tx, &corrupt).await?;
    let Sorted { good, parked } = sort(events, streams, &skipped);
    let mut applied = apply_good(writer, tx, good).await?;
    applied.parked.extend(parked);
    lot.park(tx, &applied.parked).await?;
    Ok(applied)
}

/// Applies `events` all at once, and if that fails because of one of them, in
/// halves, down to the one. What is parked is returned, not written.
async fn apply_good(
    writer: Writer<'_>,
    tx: &mut Transaction<'_, Postgres>,
    events: Vec<RecordedEvent>,
) -> Result<Applied, ProjectionError> {
    let lot = Lot::of(writer);
    let mut applied = Applied::default();
    // The next to apply is on top.
    let mut rest = vec![events];
    while let Some(mut events) = rest.pop() {
        applied.keep_behind_parked(&mut events);
        if events.is_empty() {
            continue;
        }
        let mut attempt = tx.begin().await?;
        match writer.projector.apply(&mut attempt, &events).await {
            Ok(changes) => {
                attempt.commit().await?;
                applied.changes.extend(changes);
            }
            Err(error) if error.is_poison() => {
                attempt.rollback().await?;
                let right = events.split_off(events.len() / 2);
                if let ([], [event]) = (events.as_slice(), right.as_slice()) {
                    if lot.skipped(tx, &[event.id]).await?.is_empty() {
                        applied.park(event, Some(chain(&error)));
                    }
                } else {
                    rest.push(right);
                    rest.push(events);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(applied)
}

impl Applied {
    fn park(&mut self, event: &RecordedEvent, problem: Option<String>) {
        self.parked.push(Parked {
            event: event.into(),
            problem,
        });
    }

    /// Takes out of `events` what stands behind an event that was just parked.
    fn keep_behind_parked(&mut self, events: &mut Vec<RecordedEvent>) {
        if self.parked.is_empty() {
            return;
        }
        let parked = self.parked.iter().map(|it| it.event.stream.clone());
        let parked: HashSet<_> = parked.collect();
        let (behind, free): (Vec<_>, Vec<_>) = std::mem::take(events)
            .into_iter()
            .partition(|event| parked.contains(&event.stream));
        for event in &behind {
            self.park(event, None);
        }
        *events = free;
    }
}

/// The error and its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
