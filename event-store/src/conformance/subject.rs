//! A store under test, and what cases append to it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use domain::{StoredEvent, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Disturbance;
use crate::{
    Actor, Append, Appended, EventStore, ExpectedRevision, Filter, MAX_EVENT_BYTES, Metadata,
    NewEvent, Position, RecordedEvent, StreamName,
};

/// A store, opened for one case.
pub struct Subject {
    store: Arc<dyn EventStore>,
    second: Option<Arc<dyn EventStore>>,
    disturbance: Option<Box<dyn Disturbance>>,
    largest_event_bytes: usize,
    seed: Uuid,
    ids_made: AtomicU64,
    /// What must outlive the store, such as its database.
    _kept: Box<dyn Any + Send + Sync>,
}

impl Subject {
    /// All ids are made from `seed`: fixed for a fresh store, another at each
    /// run for a store that keeps what it was given.
    pub fn new(store: Arc<dyn EventStore>, seed: Uuid) -> Self {
        Self {
            store,
            second: None,
            disturbance: None,
            largest_event_bytes: MAX_EVENT_BYTES,
            seed,
            ids_made: AtomicU64::new(0),
            _kept: Box::new(()),
        }
    }

    /// Drops `kept` after the store.
    pub fn keeping(self, kept: impl Any + Send + Sync) -> Self {
        Self {
            _kept: Box::new(kept),
            ..self
        }
    }

    /// `second` is the same log, opened again as another process would.
    pub fn with_second(self, second: Arc<dyn EventStore>) -> Self {
        Self {
            second: Some(second),
            ..self
        }
    }

    /// A way to disturb the store while it works.
    pub fn with_disturbance(self, disturbance: impl Disturbance + 'static) -> Self {
        Self {
            disturbance: Some(Box::new(disturbance)),
            ..self
        }
    }

    /// Of a store that takes less than [`MAX_EVENT_BYTES`]: the largest data of
    /// one event, as JSON.
    pub fn with_largest_event_bytes(self, largest_event_bytes: usize) -> Self {
        Self {
            largest_event_bytes,
            ..self
        }
    }

    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// # Panics
    ///
    /// When the subject was made without one.
    pub fn second(&self) -> &Arc<dyn EventStore> {
        let second = self.second.as_ref();
        second.expect("these cases need a subject with a second instance of the store")
    }

    /// # Panics
    ///
    /// When the subject was made without one.
    pub fn disturbance(&self) -> &dyn Disturbance {
        let disturbance = self.disturbance.as_deref();
        disturbance.expect("these cases need a subject with a way to disturb the store")
    }

    pub fn largest_event_bytes(&self) -> usize {
        self.largest_event_bytes
    }

    /// One that was not made before.
    pub fn id(&self) -> Uuid {
        let count = self.ids_made.fetch_add(1, Ordering::Relaxed);
        Uuid::new_v5(&self.seed, &count.to_be_bytes())
    }

    /// One that has no events.
    pub fn stream(&self, category: &str) -> StreamName {
        StreamName::new(category, self.id())
    }

    /// A command that appends one event for each of `data`.
    pub fn command(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        data: impl IntoIterator<Item = Value>,
    ) -> Append {
        let events = data
            .into_iter()
            .map(|data| NewEvent {
                id: self.id(),
                event: StoredEvent {
                    type_name: "SomethingHappened".to_owned(),
                    schema_version: 1,
                    data,
                },
            })
            .collect();
        Append {
            stream: stream.clone(),
            expected,
            events,
            metadata: self.metadata(),
        }
    }

    /// Appends `count` events to a stream that has none.
    pub async fn start_stream(&self, stream: &StreamName, count: usize) -> Appended {
        let data = (0..count).map(|n| json!({ "n": n }));
        self.store
            .append(self.command(stream, ExpectedRevision::NoStream, data))
            .await
            .expect("a new stream takes events")
    }

    /// Appends where nobody else writes.
    pub async fn append(&self, command: Append) -> Appended {
        let appended = self.store.append(command).await;
        appended.expect("nobody else writes here")
    }

    /// The whole stream, in one page of up to 20,000 events.
    pub async fn read_stream(&self, stream: &StreamName) -> Vec<RecordedEvent> {
        let read = self.store.read_stream(stream, 0, 20_000).await;
        read.expect("the stream can be read")
    }

    pub async fn head(&self) -> Position {
        self.store.head().await.expect("the log has a head")
    }

    /// All events after `after` that `filter` wants, in pages of `page` events.
    pub async fn read_after(
        &self,
        after: Position,
        page: usize,
        filter: &Filter,
    ) -> Vec<RecordedEvent> {
        let mut events = Vec::new();
        let mut position = after;
        loop {
            let page = self
                .store
                .read_all(position, page, filter)
                .await
                .expect("the log can be read");
            events.extend(page.events);
            position = page.scanned_to;
            if page.is_last {
                return events;
            }
        }
    }

    fn metadata(&self) -> Metadata {
        Metadata {
            command_id: self.id(),
            correlation_id: self.id(),
            causation_id: Some(self.id()),
            actor: Actor::System {
                name: "conformance".to_owned(),
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: DateTime::<Utc>::from_timestamp_nanos(1_793_534_400_123_456_789),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
        }
    }
}
