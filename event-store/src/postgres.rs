//! The log in Postgres.
//!
//! One appender task writes, many commands in one statement; positions are
//! drawn under an advisory lock, so they have no gaps, are in commit order, and
//! several processes may append to one log. Throughput is that of one writer.
//! The lock is held by the server for one statement, never by a client between
//! two, so that a process which stalls holds nobody up. Events are never told
//! over NOTIFY, and nobody is answered "not appended" without knowing.

mod appender;
mod batch;
mod fault;
mod hints;
mod plan;
mod queue;
mod reader;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::{
    Append, AppendError, Appended, EventStore, Filter, Page, Position, RawEvent, RecordedEvent,
    StoreError, StreamName,
};
use appender::Appender;
use queue::Intake;
use reader::Reader;

pub use batch::APPEND_LOCK;

/// How much the log takes on, and for how long it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Event data that may wait to be appended.
    pub queue_bytes: usize,
    /// How long an append waits for room in the queue before it is
    /// [`AppendError::Busy`].
    pub accept_within: Duration,
    /// How long the log tries to append while the database is away.
    pub settle_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_bytes: 64 * 1024 * 1024,
            accept_within: Duration::from_secs(5),
            settle_within: Duration::from_secs(30),
        }
    }
}

/// The log in one Postgres database.
pub struct PostgresLog {
    intake: Intake,
    reader: Reader,
    hints: watch::Sender<u64>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// A log that is dropped without [`PostgresLog::shutdown`] still appends
    /// what it accepted.
    _stop_on_drop: DropGuard,
}

impl PostgresLog {
    /// The log in `pool`'s database, which must have been migrated. Reads go
    /// through `pool`; the appender and the hints have connections of their
    /// own, three in all. Runs until [`PostgresLog::shutdown`] or drop.
    pub async fn connect(pool: PgPool) -> Result<Self, StoreError> {
        Self::connect_with(pool, Limits::default()).await
    }

    pub async fn connect_with(pool: PgPool, limits: Limits) -> Result<Self, StoreError> {
        let options = pool.connect_options();
        let reader = Reader::new(pool);
        reader.head().await?;

        let stop = CancellationToken::new();
        let hints = watch::Sender::new(0);
        let (intake, queue) = queue::queue(limits, stop.clone());
        let (announcer, announcements) = hints::announcer(hints.clone());
        let tasks = TaskTracker::new();
        tasks.spawn(Appender::new(options.as_ref().clone(), announcer).run(queue));
        tasks.spawn(
            stop.clone()
                .run_until_cancelled_owned(hints::notify(options.as_ref().clone(), announcements)),
        );
        tasks.spawn(
            stop.clone()
                .run_until_cancelled_owned(hints::listen(options.as_ref().clone(), hints.clone())),
        );
        tasks.close();

        Ok(Self {
            intake,
            reader,
            hints,
            tasks,
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
        })
    }

    /// Answers every append that was accepted, then stops. Appends that come
    /// later are answered [`AppendError::Closed`]; reading goes on.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

#[async_trait]
impl EventStore for PostgresLog {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.intake.append(append).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        self.reader.read_stream(stream, from_revision, limit).await
    }

    async fn read_stream_back(
        &self,
        stream: &StreamName,
        before_revision: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        self.reader
            .read_stream_back(stream, before_revision, limit)
            .await
    }

    async fn read_raw(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page<RawEvent>, StoreError> {
        self.reader.read_raw(after, limit, filter).await
    }

    async fn read_all_back(
        &self,
        before: Option<Position>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        self.reader.read_all_back(before, limit, filter).await
    }

    async fn start(&self) -> Result<Position, StoreError> {
        self.reader
            .head()
            .await
            .map(|head| Position::start(head.epoch))
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.reader.head().await
    }

    fn hints(&self) -> watch::Receiver<u64> {
        self.hints.subscribe()
    }
}
