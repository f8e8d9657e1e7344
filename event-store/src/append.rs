//! Appending: what is asked, and the outcomes there are.

use domain::StoredEvent;
use uuid::Uuid;

use crate::{Metadata, Position, StreamName};

/// What the caller believes about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedRevision {
    /// It has no events.
    NoStream,
    /// Its last event has this revision.
    Exact(u64),
}

impl ExpectedRevision {
    /// What is expected of a stream whose last event has `revision`.
    pub fn after(revision: Option<u64>) -> Self {
        revision.map_or(Self::NoStream, Self::Exact)
    }

    /// The revision the first appended event will have.
    pub fn next(self) -> u64 {
        match self {
            Self::NoStream => 0,
            Self::Exact(revision) => revision + 1,
        }
    }
}

/// An event to append. Its id is the caller's, so that a repeat is known.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    pub id: Uuid,
    pub event: StoredEvent,
}

/// The events of one command, to be appended to one stream, all or none.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    pub stream: StreamName,
    pub expected: ExpectedRevision,
    /// At least one.
    pub events: Vec<NewEvent>,
    /// Shared by all of `events`; its `command_id` identifies the append.
    pub metadata: Metadata,
}

/// An append that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Of the last event.
    pub position: Position,
    /// Of the last event.
    pub revision: u64,
    /// The events were in the log before this call, as far as the store can
    /// tell. True is certain. False is certain in Postgres, unless a connection
    /// was lost while another process appended the same command. KurrentDB
    /// answers a repeat like the first, so a repeat of what this process has
    /// not seen yet may be answered with false.
    pub repeated: bool,
}

/// Why an append did not answer [`Appended`].
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another writer was first. Nothing was appended.
    #[error("the stream {stream} is at {actual:?}, not at {expected:?}")]
    Conflict {
        stream: StreamName,
        expected: ExpectedRevision,
        /// Revision of the stream's last event.
        actual: Option<u64>,
    },
    /// The store has more to do than it can take. Nothing was appended.
    #[error("the event store is busy; try again shortly")]
    Busy,
    /// The store is stopping. Nothing was appended.
    #[error("the event store is shutting down; try again once it is back")]
    Closed,
    /// The request can never be appended. Nothing was.
    #[error("the append is refused: {reason}")]
    Refused { reason: String },
    /// The connection was lost while the store was committing, and asking
    /// again did not settle whether it did. Repeat with the same ids: a repeat
    /// is recognised.
    #[error("it is not known whether the append was committed")]
    Unknown {
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store failed. Nothing was appended.
    #[error("the event store failed")]
    Store {
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
