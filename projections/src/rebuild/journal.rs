//! The projection's own stream: what was ordered, and what came of it.
//!
//! The read side imports nothing of the write side, so what it has to say for
//! itself it appends here. Its commands derive from what they follow, so two
//! processes that say the same at once say it once.

use std::sync::Arc;

use domain::projection::{
    Projection, ProjectionCommand, ProjectionError, ProjectionEvent, ProjectionName,
    ProjectionOrder,
};
use domain::{Aggregate, Clock, DomainEvent, UserId};
use event_store::{
    Actor, Append, AppendError, EventStore, ExpectedRevision, Metadata, NewEvent, RecordedEvent,
    StreamName,
};
use uuid::Uuid;

use super::RebuildError;

const PAGE: usize = 500;
/// What the program does by itself is nobody's data.
const NOBODY: UserId = UserId(Uuid::nil());

pub(super) struct Journal {
    projection: ProjectionName,
    stream: StreamName,
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
}

impl Journal {
    pub(super) fn new(projection: &str, store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> Self {
        let projection = ProjectionName::new(projection);
        Self {
            stream: StreamName::new(Projection::CATEGORY, projection.id()),
            projection,
            store,
            clock,
        }
    }

    pub(super) async fn load(&self) -> Result<Projection, RebuildError> {
        Ok(self.read().await?.0)
    }

    /// Records what `order` causes; nothing when it is refused, for then
    /// somebody has decided otherwise meanwhile.
    pub(super) async fn record(&self, order: ProjectionOrder) -> Result<(), RebuildError> {
        loop {
            let (state, last) = self.read().await?;
            let command = ProjectionCommand {
                projection: self.projection.clone(),
                order: order.clone(),
            };
            let decided: Result<_, ProjectionError> = state.decide(command);
            let events = decided.unwrap_or_default();
            if events.is_empty() {
                return Ok(());
            }
            match self.store.append(self.append(&events, last.as_ref())).await {
                Ok(_) => return Ok(()),
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn append(&self, events: &[ProjectionEvent], last: Option<&RecordedEvent>) -> Append {
        let expected = ExpectedRevision::after(last.map(|last| last.revision));
        let command_id = Uuid::new_v5(&self.stream.id, &expected.next().to_be_bytes());
        let metadata = last.map(|last| &last.metadata);
        let event = |(ordinal, event): (usize, &ProjectionEvent)| NewEvent {
            id: Uuid::new_v5(&command_id, &(ordinal as u64).to_be_bytes()),
            event: event.store(),
        };
        Append {
            stream: self.stream.clone(),
            expected,
            events: events.iter().enumerate().map(event).collect(),
            metadata: Metadata {
                command_id,
                correlation_id: metadata.map_or(command_id, |last| last.correlation_id),
                causation_id: last.map(|last| last.id),
                actor: Actor::System {
                    name: format!("projections/{}", self.projection),
                },
                origin: None,
                owner: metadata.map_or(NOBODY, |last| last.owner),
                occurred_at: self.clock.now(),
                traceparent: None,
            },
        }
    }

    /// The state, and the event that led to it.
    async fn read(&self) -> Result<(Projection, Option<RecordedEvent>), RebuildError> {
        let mut state = Projection::default();
        let mut last: Option<RecordedEvent> = None;
        loop {
            let from = ExpectedRevision::after(last.as_ref().map(|last| last.revision)).next();
            let page = self.store.read_stream(&self.stream, from, PAGE).await?;
            let is_last = page.len() < PAGE;
            for recorded in page {
                let event = ProjectionEvent::restore(&recorded.event).map_err(|source| {
                    RebuildError::Decode {
                        position: recorded.position,
                        source,
                    }
                })?;
                state = state.evolve(&event);
                last = Some(recorded);
            }
            if is_last {
                return Ok((state, last));
            }
        }
    }
}
