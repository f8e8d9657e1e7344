//! The port.

use async_trait::async_trait;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Append, AppendError, Appended, MAX_APPEND_BYTES, Position, RawEvent, RecordedEvent, StreamName,
};

/// The most JSON that a page of the global order holds, read forwards. Several
/// of them fit into memory, however large events are.
pub const MAX_PAGE_BYTES: usize = MAX_APPEND_BYTES;

/// Which events a reader of the global order wants: those of one of the
/// categories or streams, and of one of the types. Empty lists want all; where
/// only one of `categories` and `streams` is empty, the other decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub categories: Vec<String>,
    pub streams: Vec<StreamName>,
    pub type_names: Vec<String>,
}

impl Filter {
    /// For stores that cannot tell by themselves.
    pub fn wants(&self, stream: &StreamName, type_name: &str) -> bool {
        let every_stream = self.categories.is_empty() && self.streams.is_empty();
        let in_stream = every_stream
            || self.categories.contains(&stream.category)
            || self.streams.contains(stream);
        let of_type =
            self.type_names.is_empty() || self.type_names.iter().any(|it| it == type_name);
        in_stream && of_type
    }
}

/// A stretch of the global order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<E = RecordedEvent> {
    pub events: Vec<E>,
    /// How far the store looked, past events the filter left out too. A reader
    /// that goes on from here misses nothing and sees nothing twice.
    pub scanned_to: Position,
    /// The page ends where the log ended when it was read; read backwards,
    /// where it begins.
    pub is_last: bool,
}

impl Page<RawEvent> {
    /// Fails when one of the events does, with [`StoreError::Corrupt`].
    pub fn read(self) -> Result<Page, StoreError> {
        Ok(Page {
            events: self
                .events
                .into_iter()
                .map(RawEvent::read)
                .collect::<Result<_, _>>()?,
            scanned_to: self.scanned_to,
            is_last: self.is_last,
        })
    }
}

/// Reading failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log is not the one the position is from: it was restored or moved.
    #[error(
        "position {position} belongs to another log (this log's epoch is {epoch}); it was \
         restored or moved since, so rebuild what was read from the old one"
    )]
    OtherEpoch { position: Position, epoch: Uuid },
    /// The position lies past the end of the log.
    #[error(
        "position {position} lies past the log's end at {head}; the log was cut short since, so \
         rebuild what was read from it"
    )]
    BeyondHead { position: Position, head: Position },
    /// An event in the store does not have the form that the store writes.
    #[error("the event at {position} cannot be read: {reason}")]
    Corrupt { position: Position, reason: String },
    #[error("the event store cannot be reached")]
    Unavailable {
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// An append-only log of events, in streams and in one global order.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends all of the events or none.
    ///
    /// Every store knows a repeat: an append with the same command id and event
    /// ids, to the same stream at the same expected revision, is in the log
    /// once however often and through whichever process it is sent, and each
    /// is answered with where it stands. That holds after a restart and after
    /// [`AppendError::Unknown`].
    ///
    /// Postgres knows a command id wherever it stands in the log: at another
    /// revision it is a repeat too, for another stream it is refused. KurrentDB
    /// looks at the append's own place only, so a caller who expects another
    /// revision than the first time reads the stream for its command id before,
    /// as the write side does.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// Up to `limit` events of `stream` from `from_revision` on, oldest first;
    /// none when the stream does not exist.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError>;

    /// Up to `limit` events of `stream` before `before_revision`, or from its
    /// end, newest first; none when the stream does not exist.
    async fn read_stream_back(
        &self,
        stream: &StreamName,
        before_revision: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError>;

    /// Events after `after`, oldest first, looking at up to `limit` of them;
    /// their JSON is handed over as it is. The page ends early, but never
    /// without an event, where it would hold more than [`MAX_PAGE_BYTES`].
    async fn read_raw(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page<RawEvent>, StoreError>;

    /// Events after `after`, oldest first, looking at up to `limit` of them.
    async fn read_all(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        self.read_raw(after, limit, filter).await?.read()
    }

    /// Events before `before`, or from the end of the log, newest first,
    /// looking at up to `limit` of them.
    async fn read_all_back(
        &self,
        before: Option<Position>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError>;

    /// Before the first event of the log as it is now.
    async fn start(&self) -> Result<Position, StoreError>;

    /// The position of the last event.
    async fn head(&self) -> Result<Position, StoreError>;

    /// Changes whenever there may be new events. Only a hint: it may be late,
    /// spurious or, while the connection is down, missing, so readers look by
    /// themselves every second too.
    fn hints(&self) -> watch::Receiver<u64>;
}
