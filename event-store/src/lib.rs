//! The event store port, the Postgres log behind it, and the conformance
//! suite that every store passes.
//!
//! A store appends events to one stream at an expected revision, and reads
//! them back by stream or in the one global order. It never interprets what an
//! event says. To add a store: implement [`EventStore`] and call the
//! conformance suite on it.

mod append;
mod event;
mod position;
mod store;

pub use append::{Append, AppendError, Appended, ExpectedRevision, NewEvent};
pub use event::{Actor, Metadata, RecordedEvent, StreamName};
pub use position::Position;
pub use store::{EventStore, Filter, Page, StoreError};
