//! The one writer of this process: takes what waits, commits it together, and
//! answers each caller.
//!
//! The log takes no command twice, and no revision. So after an outcome that is
//! unknown, trying again is looking it up, even while the lost session is still
//! at it: one of the two appends, and the other is refused.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

use super::batch::{self, Outcome};
use super::fault::{Fault, fault, refusal};
use super::hints::Announcer;
use super::plan::Verdict;
use super::queue::{Job, Queue};
use crate::written::Written;
use crate::{AppendError, Appended, Position};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What the appender's session asks of the server. Its plans are made once, and
/// must be as right for a log of millions as for the empty one they were made
/// on: by index, whatever that seems to cost.
const SESSION: [(&str, &str); 6] = [
    ("lock_timeout", "5s"),
    ("statement_timeout", "10s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("jit", "off"),
];

pub(super) struct Appender {
    options: PgConnectOptions,
    session: Option<Session>,
    announcer: Announcer,
}

struct Session {
    connection: PgConnection,
    /// Where the log ended when we last heard of it.
    head: Position,
}

impl Appender {
    pub(super) fn new(options: PgConnectOptions, announcer: Announcer) -> Self {
        Self {
            options: options
                .application_name("narrate appender")
                .options(SESSION),
            session: None,
            announcer,
        }
    }

    /// Until the queue is closed and empty.
    pub(super) async fn run(mut self, mut queue: Queue) {
        while let Some(batch) = queue.next_batch().await {
            self.settle(batch).await;
            queue.gather().await;
        }
        if let Some(session) = self.session {
            // Nothing is under way; an unfriendly goodbye costs nothing.
            let _ = session.connection.close().await;
        }
    }

    /// Answers every job of `batch`, as parts of it if one of them is to blame
    /// for a failure.
    async fn settle(&mut self, batch: Vec<Job>) {
        let mut pause = FIRST_PAUSE;
        let mut parts = vec![batch];
        while let Some(mut jobs) = parts.pop() {
            let (fault, error) = match self.attempt(&mut jobs).await {
                Ok(verdicts) => {
                    self.answer(jobs, verdicts);
                    pause = FIRST_PAUSE;
                    continue;
                }
                Err(failed) => failed,
            };
            match fault {
                Fault::Append if jobs.len() == 1 => fail(jobs, |_| AppendError::Refused {
                    reason: refusal(&error),
                }),
                Fault::Append => {
                    let second = jobs.split_off(jobs.len() / 2);
                    parts.extend([second, jobs]);
                }
                Fault::Lasting => {
                    let error = Arc::new(error);
                    fail(jobs, |job| lost(job, Arc::clone(&error)));
                }
                Fault::Locked | Fault::Passing => {
                    warn!(commands = jobs.len(), error = %error, "appending failed; trying again");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    let waiting = give_up_expired(jobs, fault, error);
                    if !waiting.is_empty() {
                        parts.push(waiting);
                    }
                }
            }
        }
    }

    /// One batch. After a failure the connection's state is unknown, and the
    /// next attempt makes another.
    async fn attempt(&mut self, jobs: &mut [Job]) -> Result<Vec<Verdict>, (Fault, sqlx::Error)> {
        let session = match self.session.take() {
            Some(session) => Ok(session),
            None => self.connect().await,
        };
        let mut session = session.map_err(|error| (fault(&error), error))?;
        let appends: Vec<&Written> = jobs.iter().map(|job| &job.written).collect();
        match batch::append(&mut session.connection, session.head, &appends).await {
            Outcome::Committed(verdicts, head) => {
                session.head = head;
                self.session = Some(session);
                Ok(verdicts)
            }
            Outcome::RolledBack(error) => Err((fault(&error), error)),
            Outcome::InDoubt(error, verdicts) => {
                mark_in_doubt(jobs, &verdicts, session.head);
                Err((Fault::Passing, error))
            }
        }
    }

    async fn connect(&self) -> sqlx::Result<Session> {
        let connecting = timeout(CONNECT_TIMEOUT, self.options.connect());
        let mut connection = connecting
            .await
            .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))?;
        let head = batch::head(&mut connection).await?;
        Ok(Session { connection, head })
    }

    fn answer(&self, jobs: Vec<Job>, verdicts: Vec<Verdict>) {
        let mut appended = false;
        for (job, verdict) in jobs.into_iter().zip(verdicts) {
            let answer = match verdict {
                Verdict::Insert(done) => {
                    appended = true;
                    Ok(done)
                }
                // Found beyond where the log ended then: the statement in doubt
                // had gone through.
                Verdict::Repeat(done)
                    if job
                        .in_doubt
                        .is_some_and(|head| head.value < done.position.value) =>
                {
                    appended = true;
                    Ok(Appended {
                        repeated: false,
                        ..done
                    })
                }
                Verdict::Repeat(done) => Ok(done),
                Verdict::Fail(error) => Err(error),
            };
            // The caller may have stopped waiting.
            let _ = job.answer.send(answer);
        }
        if appended {
            self.announcer.announce();
        }
    }
}

fn mark_in_doubt(jobs: &mut [Job], verdicts: &[Verdict], head: Position) {
    for (job, verdict) in jobs.iter_mut().zip(verdicts) {
        if let Verdict::Insert(_) = verdict {
            job.in_doubt.get_or_insert(head);
        }
    }
}

/// Answers those who have waited long enough; returns the others.
fn give_up_expired(jobs: Vec<Job>, fault: Fault, error: sqlx::Error) -> Vec<Job> {
    let now = Instant::now();
    let (expired, waiting) = jobs.into_iter().partition(|job| job.deadline <= now);
    let error = Arc::new(error);
    fail(expired, |job| match fault {
        Fault::Locked if job.in_doubt.is_none() => AppendError::Busy,
        _ => lost(job, Arc::clone(&error)),
    });
    waiting
}

fn fail(jobs: Vec<Job>, reason: impl Fn(&Job) -> AppendError) {
    for job in jobs {
        let error = reason(&job);
        let _ = job.answer.send(Err(error));
    }
}

fn lost(job: &Job, source: Arc<sqlx::Error>) -> AppendError {
    let source = Box::new(source);
    if job.in_doubt.is_some() {
        AppendError::Unknown { source }
    } else {
        AppendError::Store { source }
    }
}
