//! A recorded event and what is known about it.

use chrono::{DateTime, Utc};
use domain::{Personal, StoredEvent, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Position, StoreError};

/// `<category>-<uuid>`: one aggregate's events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName {
    pub category: String,
    pub id: Uuid,
}

impl StreamName {
    pub fn new(category: impl Into<String>, id: Uuid) -> Self {
        Self {
            category: category.into(),
            id,
        }
    }
}

impl std::fmt::Display for StreamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.category, self.id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a stream name; it should be <category>-<uuid>")]
pub struct InvalidStreamName(String);

impl std::str::FromStr for StreamName {
    type Err = InvalidStreamName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (category, id) = text.split_once('-')?;
            let id = id.parse().ok()?;
            (!category.is_empty()).then(|| Self::new(category, id))
        };
        parse().ok_or_else(|| InvalidStreamName(text.to_owned()))
    }
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Actor {
    User {
        id: UserId,
    },
    /// A part of the program, by name: `worker/script`.
    System {
        name: String,
    },
}

/// What is recorded beside every event's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The command that caused the event; events of one command share it.
    pub command_id: Uuid,
    /// One id for all that follows from one request.
    pub correlation_id: Uuid,
    /// The event that led to the command, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    pub actor: Actor,
    /// Where the actor asked from, sealed for them at the correlation id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Personal>,
    /// Whose data this is; the tenant.
    pub owner: UserId,
    /// When it happened, by the clock of the program that recorded it.
    pub occurred_at: DateTime<Utc>,
    /// W3C trace context, if the request had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// An event as the log holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedEvent {
    pub id: Uuid,
    pub stream: StreamName,
    /// Place in its stream, from 0.
    pub revision: u64,
    /// Place in the global order.
    pub position: Position,
    pub event: StoredEvent,
    pub metadata: Metadata,
}

/// An event as the store holds it, its JSON unread: what a replay hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    pub id: Uuid,
    pub stream: StreamName,
    pub revision: u64,
    pub position: Position,
    pub type_name: String,
    pub schema_version: u16,
    /// The event's data, as JSON.
    pub data: String,
    /// [`Metadata`], as JSON.
    pub metadata: String,
}

impl RawEvent {
    /// Fails with [`StoreError::Corrupt`] only.
    pub fn read(self) -> Result<RecordedEvent, StoreError> {
        let corrupt = |what: &str, error: serde_json::Error| StoreError::Corrupt {
            position: self.position,
            reason: format!("its {what} is not what the log writes: {error}"),
        };
        let metadata: Metadata =
            serde_json::from_str(&self.metadata).map_err(|error| corrupt("metadata", error))?;
        let data = serde_json::from_str(&self.data).map_err(|error| corrupt("data", error))?;
        Ok(RecordedEvent {
            id: self.id,
            stream: self.stream,
            revision: self.revision,
            position: self.position,
            event: StoredEvent {
                type_name: self.type_name,
                schema_version: self.schema_version,
                data,
            },
            metadata,
        })
    }
}
