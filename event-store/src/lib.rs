//! The event store port, the logs behind it in Postgres and in KurrentDB, and
//! the conformance suite that every store passes.
//!
//! A store appends events to one stream at an expected revision, and reads
//! them back by stream or in the one global order. It never interprets what an
//! event says. To add a store: implement [`EventStore`] and call the
//! conformance suite on it.

mod append;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod database;
mod event;
pub mod kurrentdb;
mod position;
pub mod postgres;
mod room;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod written;

pub use append::{Append, AppendError, Appended, ExpectedRevision, NewEvent};
pub use event::{Actor, Metadata, RawEvent, RecordedEvent, StreamName};
pub use kurrentdb::KurrentLog;
pub use position::Position;
pub use postgres::PostgresLog;
pub use store::{EventStore, Filter, MAX_PAGE_BYTES, Page, StoreError};
pub use written::{
    MAX_APPEND_BYTES, MAX_APPEND_EVENTS, MAX_DEPTH, MAX_EVENT_BYTES, MAX_METADATA_BYTES,
    MAX_NAME_BYTES,
};
