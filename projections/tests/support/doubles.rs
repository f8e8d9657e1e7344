//! A projector and a log that are not quite the program's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use event_store::{
    Append, AppendError, Appended, EventStore, Filter, Page, Position, RawEvent, RecordedEvent,
    StoreError, StreamName,
};
use futures::future::BoxFuture;
use projections::video::VideoProjector;
use projections::{Changed, ProjectionError, Projector};
use sqlx::{Postgres, Transaction};
use tokio::sync::watch;

/// The video projector of another version of the program.
pub(crate) struct OtherLogic {
    logic: u32,
    inner: Box<dyn Projector>,
}

impl OtherLogic {
    /// Of the next version.
    pub(crate) fn next() -> Arc<Self> {
        let inner = Box::<VideoProjector>::default();
        let logic = inner.logic() + 1;
        Arc::new(Self { logic, inner })
    }
}

#[async_trait]
impl Projector for OtherLogic {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn logic(&self) -> u32 {
        self.logic
    }

    fn tables(&self) -> &'static [&'static str] {
        self.inner.tables()
    }

    fn filter(&self) -> Filter {
        self.inner.filter()
    }

    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError> {
        self.inner.apply(tx, events).await
    }

    fn for_bulk(&self) -> Box<dyn Projector> {
        Box::new(Self {
            logic: self.logic,
            inner: self.inner.for_bulk(),
        })
    }
}

/// The video projector without its database.
pub(crate) struct CutOff(pub(crate) VideoProjector);

#[async_trait]
impl Projector for CutOff {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn logic(&self) -> u32 {
        self.0.logic()
    }

    fn tables(&self) -> &'static [&'static str] {
        self.0.tables()
    }

    fn filter(&self) -> Filter {
        self.0.filter()
    }

    async fn apply(
        &self,
        _tx: &mut Transaction<'_, Postgres>,
        _events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError> {
        Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()).into())
    }

    fn for_bulk(&self) -> Box<dyn Projector> {
        Box::new(Self(VideoProjector::default()))
    }
}

/// A log that fails as it is told.
pub(crate) struct FaultyLog {
    log: Arc<dyn EventStore>,
    reads_left: AtomicUsize,
    takes_appends: bool,
    /// What happens while the first page is read.
    meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl FaultyLog {
    /// Reads fail once `reads` of them have been answered.
    pub(crate) fn failing_after(log: Arc<dyn EventStore>, reads: usize) -> Arc<Self> {
        Self::new(log, reads, true, None)
    }

    /// One page is read, and `meanwhile` happens before it arrives.
    pub(crate) fn with_one_read(
        log: Arc<dyn EventStore>,
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) -> Arc<Self> {
        Self::new(log, 1, true, Some(Box::pin(meanwhile)))
    }

    pub(crate) fn that_takes_nothing(log: Arc<dyn EventStore>) -> Arc<Self> {
        Self::new(log, usize::MAX, false, None)
    }

    fn new(
        log: Arc<dyn EventStore>,
        reads: usize,
        takes_appends: bool,
        meanwhile: Option<BoxFuture<'static, ()>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            log,
            reads_left: AtomicUsize::new(reads),
            takes_appends,
            meanwhile: Mutex::new(meanwhile),
        })
    }

    fn count(&self) -> Result<(), StoreError> {
        let left = &self.reads_left;
        let less = |left: usize| left.checked_sub(1);
        let counted = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        counted.map(|_| ()).map_err(|_| StoreError::Unavailable {
            source: "the plug was pulled".into(),
        })
    }
}

#[async_trait]
impl EventStore for FaultyLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        if self.takes_appends {
            self.log.append(append).await
        } else {
            Err(AppendError::Busy)
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        self.count()?;
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
        self.count()?;
        let page = self.log.read_raw(after, limit, filter).await;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        page
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
