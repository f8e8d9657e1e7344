//! The log in KurrentDB. **Experimental**: tested against a protocol double,
//! and not yet verified against a real node (see `KURRENTDB_TEST_URL` in the
//! tests).
//!
//! A stream of ours is a stream there; positions are commit positions of
//! `$all`. Events of the server and of other programs share that order: readers
//! pass over them, and positions have gaps of every size. Which incarnation of
//! the log it is stands in a stream of its own, [`LOG_STREAM`].
//!
//! The official client, `kurrentdb` 1.2, is a driver that has to be watched. By
//! the numbers that our tests use too:
//!
//! - B1: once it has failed to reach a server, it says `ConnectionClosed` for
//!   ever. B4: it never follows a cluster to its next leader. B9: it has no
//!   clock of its own, so a silent server silences it. Hence the
//!   [`supervisor`], which replaces it, and a time limit around every wait.
//! - B2, B8: after a restart, or when the leader moved, one call fails and the
//!   next succeeds. Hence appends and reads try again.
//! - B3: its subscriptions forget checkpoints. B5: when one ends with the
//!   status OK, its future never returns from one poll, takes a core for itself
//!   and can neither be dropped nor aborted; a thread that is given up with it
//!   spins until the process ends. Hence no subscription at all: readers page
//!   from their own positions, which are checkpoints that survive everything,
//!   and [`hints`] looks at the head of the log. What would watch over a
//!   subscription has nothing to watch.
//! - B6: its batch appends die of the first conflict. Hence single appends, at
//!   exact revisions and with the caller's event ids, which the server answers
//!   the same however often they are repeated.
//! - B7: it sends the password of its address as it is written there, percent
//!   signs and all. Hence credentials go with each call.
//! - B10: a server takes fewer bytes in one append than this crate does, and
//!   its refusal is passed on with the limit.
//!
//! What cannot be helped here: a client that was replaced leaves one idle task
//! behind, since it holds a sender to itself; and it leaves Nagle's algorithm
//! on, so that a lone append to a server on Linux takes 40 ms at least.
//!
//! A repeat of an append is recognised at its place in its stream, by event ids
//! or by command id. A command id elsewhere in the log is not looked for.

mod address;
mod appender;
mod failure;
mod hints;
mod limits;
mod reader;
mod record;
mod session;
mod supervisor;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::IdSource;
use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::{
    Append, AppendError, Appended, EventStore, Filter, Page, Position, RawEvent, RecordedEvent,
    StoreError, StreamName,
};
use appender::Appender;
use reader::Reader;
use session::{Opening, Session};
use supervisor::Supervisor;

pub use address::{Address, InvalidAddress};
pub use limits::Limits;

/// Its first event's id is the log's epoch. No reader is shown it, as its name
/// is not that of an aggregate's stream.
pub const LOG_STREAM: &str = "narrate-log";

/// Whether the server at `address` answers within `within` and lets us read.
/// Changes nothing in it.
pub async fn probe(address: &SecretString, within: Duration) -> Result<(), StoreError> {
    let address = parse(address)?;
    let probed = Session::probe(&address, within).await;
    probed.map_err(|fault| failure::unavailable(fault.into_failure().0))
}

fn parse(address: &SecretString) -> Result<Address, StoreError> {
    Address::parse(address).map_err(|error| StoreError::Unavailable {
        source: Box::new(error),
    })
}

/// The log in one KurrentDB.
pub struct KurrentLog {
    appender: Arc<Appender>,
    reader: Reader,
    hints: watch::Sender<u64>,
    tasks: TaskTracker,
    stop: CancellationToken,
    /// A log that is dropped stops looking and connecting.
    _stop_on_drop: DropGuard,
}

impl KurrentLog {
    /// Waits for a server that is not up yet, up to [`Limits::start_within`].
    /// `ids` names a log that has no name, and spreads reconnections.
    pub async fn connect(
        address: &SecretString,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, StoreError> {
        Self::connect_with(address, ids, Limits::default()).await
    }

    pub async fn connect_with(
        address: &SecretString,
        ids: Arc<dyn IdSource>,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        let address = parse(address)?;
        let stop = CancellationToken::new();
        let stop_on_drop = stop.clone().drop_guard();
        let opening = Opening {
            address,
            ids,
            answer_within: limits.answer_within,
        };
        let supervisor = Supervisor::start(opening, &stop);
        supervisor.first_session(limits.start_within).await?;

        let hints = watch::Sender::new(0);
        let looking = hints::look(supervisor.clone(), hints.clone(), limits.look_every);
        tokio::spawn(stop.clone().run_until_cancelled_owned(looking));
        Ok(Self {
            appender: Arc::new(Appender::new(supervisor.clone(), &limits, hints.clone())),
            reader: Reader::new(supervisor, limits.settle_within),
            hints,
            tasks: TaskTracker::new(),
            stop,
            _stop_on_drop: stop_on_drop,
        })
    }

    /// Answers every append that was accepted, then stops. Appends that come
    /// later are answered [`AppendError::Closed`]; reading goes on while the
    /// connection does.
    pub async fn shutdown(&self) {
        self.appender.close();
        self.tasks.close();
        self.tasks.wait().await;
        self.stop.cancel();
    }
}

#[async_trait]
impl EventStore for KurrentLog {
    /// A caller that stops waiting does not stop the append.
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let accepted = self.appender.accept(append).await?;
        let appender = Arc::clone(&self.appender);
        let settled = self
            .tasks
            .spawn(async move { appender.settle(accepted).await });
        settled.await.unwrap_or_else(|gone| {
            Err(AppendError::Unknown {
                source: Box::new(gone),
            })
        })
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
        self.head().await.map(|head| Position::start(head.epoch))
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.reader.head().await
    }

    fn hints(&self) -> watch::Receiver<u64> {
        self.hints.subscribe()
    }
}
