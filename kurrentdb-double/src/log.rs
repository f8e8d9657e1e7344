//! Events in memory, in streams and in one order.

mod append;

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use uuid::Uuid;

pub(crate) use append::{Expected, WrongVersion};

/// What a record takes of the position besides its payload: positions are
/// places in a file, so they have gaps of every size.
const RECORD_OVERHEAD: u64 = 90;

/// An event that someone asks to append.
#[derive(Debug, Clone)]
pub(crate) struct Proposed {
    pub(crate) id: Uuid,
    pub(crate) type_name: String,
    pub(crate) content_type: String,
    pub(crate) data: Bytes,
    pub(crate) metadata: Bytes,
}

#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Commit and prepare position in one: no record is part of a transaction.
    pub(crate) position: u64,
    pub(crate) stream: String,
    pub(crate) revision: u64,
    pub(crate) event: Proposed,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    records: Vec<Record>,
    /// Places in `records`, by stream.
    streams: HashMap<String, Vec<usize>>,
    next_position: u64,
    /// Ids that an append without an exact revision recognises.
    recent: HashSet<Uuid>,
}

impl Log {
    /// A node writes events of its own before anyone else does.
    pub(crate) fn new() -> Self {
        let mut log = Self::default();
        for type_name in ["$ProjectionsInitialized", "$UserCreated"] {
            log.push(
                "$system",
                Proposed {
                    id: Uuid::nil(),
                    type_name: type_name.to_owned(),
                    content_type: "application/json".to_owned(),
                    data: Bytes::from_static(b"{}"),
                    metadata: Bytes::new(),
                },
            );
        }
        log
    }

    /// What a restart loses.
    pub(crate) fn forget_recent(&mut self) {
        self.recent.clear();
    }

    pub(crate) fn last_position(&self) -> Option<u64> {
        self.records.last().map(|record| record.position)
    }

    pub(crate) fn last_revision(&self, stream: &str) -> Option<u64> {
        self.of(stream).last().map(|record| record.revision)
    }

    /// Records of `stream`, oldest first; none when it never was.
    pub(crate) fn of(&self, stream: &str) -> impl DoubleEndedIterator<Item = &Record> {
        let places = self.streams.get(stream).map(Vec::as_slice);
        places
            .unwrap_or_default()
            .iter()
            .map(|place| &self.records[*place])
    }

    /// Records at `position` and after it.
    pub(crate) fn from(&self, position: u64) -> &[Record] {
        let first = self.records.partition_point(|r| r.position < position);
        &self.records[first..]
    }

    /// Records before `position`.
    pub(crate) fn before(&self, position: u64) -> &[Record] {
        let end = self.records.partition_point(|r| r.position < position);
        &self.records[..end]
    }

    fn push(&mut self, stream: &str, event: Proposed) -> &Record {
        let revision = self.last_revision(stream).map_or(0, |last| last + 1);
        let position = self.next_position;
        let payload = event.data.len() + event.metadata.len() + event.type_name.len();
        self.next_position += RECORD_OVERHEAD + (payload + 2 * stream.len()) as u64;
        self.recent.insert(event.id);
        let places = self.streams.entry(stream.to_owned()).or_default();
        places.push(self.records.len());
        self.records.push(Record {
            position,
            stream: stream.to_owned(),
            revision,
            event,
        });
        self.records.last().expect("it was just pushed")
    }
}
