//! Reading the log, a page at a time, on whichever session is good.
//!
//! Pages of the global order are read unfiltered, and filtered here: only so is
//! it known how far a page looked.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{ReadAllOptions, ReadStreamOptions, RecordedEvent as Recorded, StreamPosition};
use tokio::time::{Instant, sleep};

use super::appender::MAX_REVISION;
use super::failure::{Cause, Fault, unavailable};
use super::record;
use super::session::{Answer, Session};
use super::supervisor::Supervisor;
use crate::{Filter, Page, Position, RawEvent, RecordedEvent, StoreError, StreamName};

const PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Reader {
    supervisor: Supervisor,
    settle_within: Duration,
}

/// Why a page was not read.
enum Trouble {
    /// The answer to give.
    Final(StoreError),
    /// Another try may go better.
    Call(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Call(fault)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl Reader {
    pub(super) fn new(supervisor: Supervisor, settle_within: Duration) -> Self {
        Self {
            supervisor,
            settle_within,
        }
    }

    pub(super) async fn head(&self) -> Result<Position, StoreError> {
        self.until_read(move |session| async move {
            let value = session.head().await?;
            Ok(at(&session, value))
        })
        .await
    }

    pub(super) async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        if limit == 0 || from_revision > MAX_REVISION {
            return Ok(Vec::new());
        }
        let options = ReadStreamOptions::default()
            .position(StreamPosition::Position(from_revision))
            .max_count(limit);
        self.of_stream(stream, options, |answer| {
            let next = answer
                .events
                .last()
                .map_or(from_revision, |e| e.revision + 1);
            answer.events.len() == limit || answer.last_revision.is_some_and(|last| last < next)
        })
        .await
    }

    pub(super) async fn read_stream_back(
        &self,
        stream: &StreamName,
        before_revision: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let from = match before_revision {
            Some(0) => return Ok(Vec::new()),
            Some(before) if before <= MAX_REVISION => StreamPosition::Position(before - 1),
            Some(_) | None => StreamPosition::End,
        };
        if limit == 0 {
            return Ok(Vec::new());
        }
        let options = ReadStreamOptions::default()
            .position(from)
            .backwards()
            .max_count(limit);
        self.of_stream(stream, options, |answer| {
            answer.events.len() == limit || answer.last_revision.is_some()
        })
        .await
    }

    pub(super) async fn read_raw(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page<RawEvent>, StoreError> {
        self.until_read(move |session| async move {
            reach(&session, after).await?;
            // A read starts with the event at its position, which is not asked
            // for again. Nothing of ours stands at the very start.
            let (from, extra) = match after.value {
                0 => (StreamPosition::Start, 0),
                value => (commit(value), 1),
            };
            let count = limit.max(1).saturating_add(extra);
            let options = ReadAllOptions::default()
                .position(from)
                .forwards()
                .max_count(count);
            let mut answer = session.read_all(options).await?;
            let is_last = answer.events.len() < count && !answer.is_full;
            let first = answer.events.first().map(|event| event.position.commit);
            if extra == 1 && first != Some(after.value) {
                // What was there is gone: perhaps all that came after it, too.
                within(&session, after).await?;
            }
            answer
                .events
                .retain(|event| event.position.commit > after.value);
            page(&session, answer, after, is_last, filter)
        })
        .await
    }

    pub(super) async fn read_all_back(
        &self,
        before: Option<Position>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        let page = self
            .until_read(move |session| async move {
                let limit = limit.max(1);
                let (start, from) = match before {
                    Some(before) => {
                        reach(&session, before).await?;
                        (before, commit(before.value))
                    }
                    None => (at(&session, 0), StreamPosition::End),
                };
                let options = ReadAllOptions::default()
                    .position(from)
                    .backwards()
                    .max_count(limit);
                let mut answer = session.read_all(options).await?;
                let is_last = answer.events.len() < limit && !answer.is_full;
                if before.is_some() {
                    answer
                        .events
                        .retain(|event| event.position.commit < start.value);
                }
                page(&session, answer, start, is_last, filter)
            })
            .await?;
        page.read()
    }

    async fn of_stream(
        &self,
        stream: &StreamName,
        options: ReadStreamOptions,
        is_whole: impl Fn(&Answer) -> bool + Send + Sync,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let (name, is_whole) = (&stream.to_string(), &is_whole);
        let options = &options;
        self.until_read(move |session| async move {
            let answer = match session.read_stream(name, options.clone()).await {
                Err(Fault::NotFound) => return Ok(Vec::new()),
                answer => answer?,
            };
            // An aggregate folded from half of its events would decide wrongly.
            if !is_whole(&answer) {
                return Err(Fault::Passing(Arc::new(Cause::CutShort)).into());
            }
            let events = ours(&session, answer.events)?;
            let read = events.into_iter().map(RawEvent::read);
            Ok(read.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Tries on each session that comes, until one answers or time is up.
    async fn until_read<T, Reading>(
        &self,
        read: impl Fn(Arc<Session>) -> Reading + Send,
    ) -> Result<T, StoreError>
    where
        Reading: Future<Output = Result<T, Trouble>> + Send,
    {
        let deadline = Instant::now() + self.settle_within;
        loop {
            let session = self.supervisor.session(deadline).await;
            let session = session.map_err(unavailable)?;
            let (failure, is_lasting) = match read(session).await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Call(fault)) => fault.into_failure(),
            };
            if is_lasting || Instant::now() + PAUSE >= deadline {
                return Err(unavailable(failure));
            }
            sleep(PAUSE).await;
        }
    }
}

/// Fails unless `position` is of this log and not beyond its end. The server is
/// asked for no position that it did not hand out.
async fn reach(session: &Session, position: Position) -> Result<(), Trouble> {
    if position.epoch != session.epoch {
        return Err(Trouble::Final(StoreError::OtherEpoch {
            position,
            epoch: session.epoch,
        }));
    }
    if position.value <= session.seen() {
        return Ok(());
    }
    within(session, position).await
}

/// Fails when the log ends before `position`.
async fn within(session: &Session, position: Position) -> Result<(), Trouble> {
    let head = session.head().await?;
    if position.value > head {
        let head = at(session, head);
        return Err(Trouble::Final(StoreError::BeyondHead { position, head }));
    }
    Ok(())
}

fn page(
    session: &Session,
    answer: Answer,
    start: Position,
    is_last: bool,
    filter: &Filter,
) -> Result<Page<RawEvent>, Trouble> {
    let last = answer.events.last();
    let scanned_to = last.map_or(start, |event| at(session, event.position.commit));
    let mut events = ours(session, answer.events)?;
    events.retain(|event| filter.wants(&event.stream, &event.type_name));
    Ok(Page {
        events,
        scanned_to,
        is_last,
    })
}

fn ours(session: &Session, events: Vec<Recorded>) -> Result<Vec<RawEvent>, StoreError> {
    let read = events.into_iter().map(|e| record::read(e, session.epoch));
    read.filter_map(Result::transpose).collect()
}

fn at(session: &Session, value: u64) -> Position {
    Position {
        epoch: session.epoch,
        value,
    }
}

/// Commit and prepare positions are one: this log has no transactions.
fn commit(value: u64) -> StreamPosition<eventstore::Position> {
    StreamPosition::Position(eventstore::Position {
        commit: value,
        prepare: value,
    })
}
