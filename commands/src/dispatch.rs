//! Load, decide, append; on a conflict, again.

use std::sync::Arc;

use domain::{Aggregate, Clock, DomainEvent};
use event_store::{
    Append, AppendError, EventStore, ExpectedRevision, Metadata, NewEvent, Position, RecordedEvent,
    StreamName,
};
use uuid::Uuid;

use crate::{CommandContext, DispatchError, LoadError};

/// Reloads after this many lost races, then gives up.
const MAX_CONFLICTS: usize = 8;
const PAGE: usize = 500;

/// The write side's one door.
#[derive(Clone)]
pub struct Dispatcher {
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
}

/// An aggregate as it is now.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    pub state: A,
    /// Of the last event; none when there are no events.
    pub revision: Option<u64>,
    pub position: Option<Position>,
}

/// What a command did.
#[derive(Debug, Clone)]
pub struct Dispatched<A: Aggregate> {
    /// After the command.
    pub state: A,
    /// What it caused; empty when there was nothing to do.
    pub events: Vec<A::Event>,
    /// A reader that has reached this position sees the command's effect. None
    /// only when the aggregate has no events at all.
    pub position: Option<Position>,
}

impl Dispatcher {
    pub fn new(store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    pub async fn load<A: Aggregate>(&self, id: Uuid) -> Result<Loaded<A>, LoadError> {
        let (loaded, _) = self.load_with_result::<A>(id, None).await?;
        Ok(loaded)
    }

    /// Sends `command` to the aggregate `id`.
    pub async fn dispatch<A: Aggregate>(
        &self,
        id: Uuid,
        command: A::Command,
        context: &CommandContext,
    ) -> Result<Dispatched<A>, DispatchError<A::Error>> {
        for _ in 0..MAX_CONFLICTS {
            let (loaded, done_before) = self
                .load_with_result::<A>(id, Some(context.command_id))
                .await?;
            if loaded
                .state
                .owner()
                .is_some_and(|owner| owner != context.owner)
            {
                return Err(DispatchError::NotFound);
            }
            if !done_before.is_empty() {
                return Ok(Dispatched {
                    state: loaded.state,
                    events: done_before,
                    position: loaded.position,
                });
            }
            let events = loaded
                .state
                .decide(command.clone())
                .map_err(DispatchError::Rejected)?;
            if events.is_empty() {
                return Ok(Dispatched {
                    state: loaded.state,
                    events,
                    position: loaded.position,
                });
            }
            let append = self.append_of::<A>(id, loaded.revision, &events, context);
            match self.store.append(append).await {
                Ok(appended) => {
                    tracing::debug!(
                        stream = %StreamName::new(A::CATEGORY, id),
                        correlation_id = %context.correlation_id,
                        events = events.len(),
                        position = appended.position.value,
                        "appended"
                    );
                    return Ok(Dispatched {
                        state: events.iter().fold(loaded.state, A::evolve),
                        events,
                        position: Some(appended.position),
                    });
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(AppendError::Busy | AppendError::Closed) => return Err(DispatchError::Busy),
                Err(error @ AppendError::Unknown { .. }) => {
                    return Err(DispatchError::Unknown(error));
                }
                Err(error) => return Err(DispatchError::Store(error)),
            }
        }
        Err(DispatchError::Conflict)
    }

    fn append_of<A: Aggregate>(
        &self,
        id: Uuid,
        revision: Option<u64>,
        events: &[A::Event],
        context: &CommandContext,
    ) -> Append {
        let events = events.iter().enumerate().map(|(ordinal, event)| NewEvent {
            id: context.event_id(ordinal),
            event: event.store(),
        });
        Append {
            stream: StreamName::new(A::CATEGORY, id),
            expected: ExpectedRevision::after(revision),
            events: events.collect(),
            metadata: Metadata {
                command_id: context.command_id,
                correlation_id: context.correlation_id,
                causation_id: context.causation_id,
                actor: context.actor.clone(),
                origin: context.origin.clone(),
                owner: context.owner,
                occurred_at: self.clock.now(),
                traceparent: context.traceparent.clone(),
            },
        }
    }

    /// The aggregate, and what `command_id` has already done to it.
    async fn load_with_result<A: Aggregate>(
        &self,
        id: Uuid,
        command_id: Option<Uuid>,
    ) -> Result<(Loaded<A>, Vec<A::Event>), LoadError> {
        let stream = StreamName::new(A::CATEGORY, id);
        let mut loaded = Loaded {
            state: A::default(),
            revision: None,
            position: None,
        };
        let mut done_before = Vec::new();
        loop {
            let from = ExpectedRevision::after(loaded.revision).next();
            let page = self
                .store
                .read_stream(&stream, from, PAGE)
                .await
                .map_err(|source| LoadError::Store {
                    stream: stream.to_string(),
                    source,
                })?;
            for recorded in &page {
                let event = decode::<A>(recorded)?;
                loaded.state = loaded.state.evolve(&event);
                loaded.revision = Some(recorded.revision);
                loaded.position = Some(recorded.position);
                if Some(recorded.metadata.command_id) == command_id {
                    done_before.push(event);
                }
            }
            if page.len() < PAGE {
                return Ok((loaded, done_before));
            }
        }
    }
}

fn decode<A: Aggregate>(recorded: &RecordedEvent) -> Result<A::Event, LoadError> {
    A::Event::restore(&recorded.event).map_err(|source| LoadError::Decode {
        stream: recorded.stream.to_string(),
        position: recorded.position,
        source,
    })
}
