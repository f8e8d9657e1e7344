//! Appending, until it is settled what became of it.

use std::time::Duration;

use eventstore::{ReadStreamOptions, StreamPosition};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep};
use tracing::warn;

use super::failure::{Failure, Fault};
use super::hints::hint;
use super::session::Session;
use super::supervisor::Supervisor;
use super::{Limits, record};
use crate::room::Room;
use crate::written::Written;
use crate::{
    Append, AppendError, Appended, ExpectedRevision, MAX_APPEND_EVENTS, Position, RecordedEvent,
};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The largest revision there is: the server counts with signed numbers, and
/// takes a larger one for something else.
pub(super) const MAX_REVISION: u64 = i64::MAX as u64;

pub(super) struct Appender {
    supervisor: Supervisor,
    room: Room,
    settle_within: Duration,
    hints: watch::Sender<u64>,
}

/// An append that will be answered.
pub(super) struct Accepted {
    written: Written,
    /// Held until it is.
    _room: OwnedSemaphorePermit,
}

impl Appender {
    pub(super) fn new(supervisor: Supervisor, limits: &Limits, hints: watch::Sender<u64>) -> Self {
        Self {
            supervisor,
            room: Room::new(limits.in_flight_bytes, limits.accept_within),
            settle_within: limits.settle_within,
            hints,
        }
    }

    /// Accepts nothing from now on.
    pub(super) fn close(&self) {
        self.room.close();
    }

    pub(super) async fn accept(&self, append: Append) -> Result<Accepted, AppendError> {
        let written = Written::try_new(append)?;
        let room = self.room.take(&written).await?;
        Ok(Accepted {
            written,
            _room: room,
        })
    }

    /// Sends the same ids at the same revision until the server says what
    /// became of them. It answers a repeat like the first, so after a lost
    /// reply, asking again is looking it up.
    pub(super) async fn settle(&self, accepted: Accepted) -> Result<Appended, AppendError> {
        let written = &accepted.written;
        let deadline = Instant::now() + self.settle_within;
        let mut pause = FIRST_PAUSE;
        let mut in_doubt = false;
        let mut seen_before = None;
        loop {
            let session = self
                .supervisor
                .session(deadline)
                .await
                .map_err(|failure| lost(in_doubt, failure))?;
            let seen_before = *seen_before.get_or_insert(session.seen());
            let failure = match attempt(&session, written).await {
                Ok(Verdict::At { position, revision }) => {
                    hint(&self.hints);
                    return Ok(Appended {
                        position: Position {
                            epoch: session.epoch,
                            value: position,
                        },
                        revision,
                        repeated: position <= seen_before,
                    });
                }
                Ok(Verdict::Conflict { actual }) => {
                    return Err(AppendError::Conflict {
                        stream: written.stream.clone(),
                        expected: written.expected,
                        actual,
                    });
                }
                Err(Fault::Refused(reason)) => {
                    return Err(AppendError::Refused {
                        reason: refusal(written, &reason),
                    });
                }
                Err(Fault::Lasting(failure)) => return Err(lost(in_doubt, failure)),
                Err(Fault::Unsent(failure)) => failure,
                Err(Fault::Passing(failure)) => {
                    in_doubt = true;
                    failure
                }
                Err(Fault::NotFound | Fault::Conflict { .. }) => {
                    unreachable!("an attempt makes a verdict of them")
                }
            };
            if Instant::now() + pause >= deadline {
                return Err(lost(in_doubt, failure));
            }
            warn!(error = %failure, "appending to KurrentDB failed; trying again");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// What the server says of an append.
enum Verdict {
    /// Where its last event is, now or since an earlier time.
    At {
        position: u64,
        revision: u64,
    },
    Conflict {
        actual: Option<u64>,
    },
}

async fn attempt(session: &Session, written: &Written) -> Result<Verdict, Fault> {
    let stream = written.stream.to_string();
    if matches!(written.expected, ExpectedRevision::Exact(revision) if revision >= MAX_REVISION) {
        return conflict(session, &stream).await;
    }
    let events = record::propose(written);
    match session.append(&stream, written.expected, events).await {
        Ok(result) => Ok(Verdict::At {
            position: result.position.commit,
            revision: result.next_expected_version,
        }),
        Err(Fault::Conflict { current }) => {
            let done = done_before(session, &stream, written).await?;
            Ok(
                done.map_or(Verdict::Conflict { actual: current }, |last| Verdict::At {
                    position: last.position.value,
                    revision: last.revision,
                }),
            )
        }
        Err(fault) => Err(fault),
    }
}

/// No stream is ever where this append expects it.
async fn conflict(session: &Session, stream: &str) -> Result<Verdict, Fault> {
    let last = ReadStreamOptions::default()
        .position(StreamPosition::End)
        .max_count(1);
    match session.read_stream(stream, last).await {
        Ok(answer) => Ok(Verdict::Conflict {
            actual: answer.events.first().map(|event| event.revision),
        }),
        Err(Fault::NotFound) => Ok(Verdict::Conflict { actual: None }),
        Err(fault) => Err(fault),
    }
}

/// The last event of this command, if it stands where the append would go.
async fn done_before(
    session: &Session,
    stream: &str,
    written: &Written,
) -> Result<Option<RecordedEvent>, Fault> {
    let mut done = None;
    for count in [1, MAX_APPEND_EVENTS] {
        let there = ReadStreamOptions::default()
            .position(StreamPosition::Position(written.expected.next()))
            .max_count(count);
        let answer = match session.read_stream(stream, there).await {
            Err(Fault::NotFound) => return Ok(None),
            answer => answer?,
        };
        done = answer
            .events
            .into_iter()
            .map_while(|event| record::read(event, session.epoch).ok()??.read().ok())
            .take_while(|event| event.metadata.command_id == written.command_id)
            .last();
        if done.is_none() {
            break;
        }
    }
    Ok(done)
}

fn lost(in_doubt: bool, failure: Failure) -> AppendError {
    let source = Box::new(failure);
    if in_doubt {
        AppendError::Unknown { source }
    } else {
        AppendError::Store { source }
    }
}

/// The server's own words, and what it is about when that is known.
fn refusal(written: &Written, reason: &str) -> String {
    let limit: String = reason
        .strip_prefix("Maximum Append Size of ")
        .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect())
        .unwrap_or_default();
    if limit.is_empty() {
        return format!("KurrentDB does not take it: {reason}");
    }
    let types: Vec<&str> = written
        .events
        .iter()
        .map(|event| event.type_name.as_str())
        .take(3)
        .collect();
    format!(
        "its events ({}) hold {} bytes together, and KurrentDB takes {limit} with their metadata \
         (its setting MaxAppendSize); keep large content in the media store and record its key",
        types.join(", "),
        written.bytes,
    )
}
