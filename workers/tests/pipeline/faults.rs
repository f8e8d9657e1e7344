//! A log that fails on demand, as a busy or a broken one does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use event_store::{
    Append, AppendError, Appended, EventStore, Filter, Page, Position, PostgresLog, RawEvent,
    RecordedEvent, StoreError, StreamName,
};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// Nothing is appended.
    Busy,
    /// It is appended, and nobody says so.
    Silent,
}

/// What is to go wrong when events of one type are appended, in order.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Option<(&'static str, VecDeque<Fault>)>>);

impl Faults {
    pub(crate) fn plan(&self, type_name: &'static str, faults: impl IntoIterator<Item = Fault>) {
        *self.0.lock().unwrap() = Some((type_name, faults.into_iter().collect()));
    }

    /// Faults that are still to come.
    pub(crate) fn left(&self) -> usize {
        let plan = self.0.lock().unwrap();
        plan.as_ref().map_or(0, |(_, faults)| faults.len())
    }

    fn next(&self, append: &Append) -> Option<Fault> {
        let mut plan = self.0.lock().unwrap();
        let (type_name, faults) = plan.as_mut()?;
        let concerned = |event: &event_store::NewEvent| event.event.type_name == *type_name;
        append
            .events
            .iter()
            .any(concerned)
            .then(|| faults.pop_front())?
    }
}

pub(crate) struct FaultyLog {
    log: PostgresLog,
    faults: Arc<Faults>,
}

impl FaultyLog {
    pub(crate) fn new(log: PostgresLog, faults: Arc<Faults>) -> Self {
        Self { log, faults }
    }
}

#[async_trait]
impl EventStore for FaultyLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        match self.faults.next(&append) {
            None => self.log.append(append).await,
            Some(Fault::Busy) => Err(AppendError::Busy),
            Some(Fault::Silent) => {
                self.log.append(append).await?;
                Err(AppendError::Unknown {
                    source: "the line is dead".into(),
                })
            }
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        self.log.read_stream(stream, from_revision, limit).await
    }

    async fn read_stream_back(
        &self,
        stream: &StreamName,
        before_revision: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        self.log
            .read_stream_back(stream, before_revision, limit)
            .await
    }

    async fn read_raw(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page<RawEvent>, StoreError> {
        self.log.read_raw(after, limit, filter).await
    }

    async fn read_all_back(
        &self,
        before: Option<Position>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        self.log.read_all_back(before, limit, filter).await
    }

    async fn start(&self) -> Result<Position, StoreError> {
        self.log.start().await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.log.head().await
    }

    fn hints(&self) -> watch::Receiver<u64> {
        self.log.hints()
    }
}
