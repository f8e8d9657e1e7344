//! Between callers and the appender: a queue that is bounded by the memory its
//! appends hold, closed once the log stops.

use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Limits;
use crate::room::Room;
use crate::written::Written;
use crate::{Append, AppendError, Appended, Position};

/// The most commands of one transaction.
const BATCH_COMMANDS: usize = 256;
/// A transaction takes no further commands once it holds this much data.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// An accepted append and the caller who waits for its outcome.
pub(super) struct Job {
    pub(super) written: Written,
    pub(super) answer: oneshot::Sender<Result<Appended, AppendError>>,
    pub(super) deadline: Instant,
    /// Where the log ended before the first attempt that was not answered.
    pub(super) in_doubt: Option<Position>,
    /// Held until the answer is given.
    _room: OwnedSemaphorePermit,
}

/// The callers' end.
pub(super) struct Intake {
    jobs: mpsc::UnboundedSender<Job>,
    room: Room,
    settle_within: Duration,
}

/// The appender's end.
pub(super) struct Queue {
    jobs: mpsc::UnboundedReceiver<Job>,
    room: Room,
    stop: CancellationToken,
}

pub(super) fn queue(limits: Limits, stop: CancellationToken) -> (Intake, Queue) {
    let room = Room::new(limits.queue_bytes, limits.accept_within);
    let (sender, receiver) = mpsc::unbounded_channel();
    let intake = Intake {
        jobs: sender,
        room: room.clone(),
        settle_within: limits.settle_within,
    };
    let queue = Queue {
        jobs: receiver,
        room,
        stop,
    };
    (intake, queue)
}

impl Intake {
    /// Queues `append` and waits for its outcome. A caller that stops waiting
    /// does not stop the append.
    pub(super) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let written = Written::try_new(append)?;
        let room = self.room.take(&written).await?;
        let (answer, outcome) = oneshot::channel();
        let job = Job {
            written,
            answer,
            deadline: Instant::now() + self.settle_within,
            in_doubt: None,
            _room: room,
        };
        self.jobs.send(job).map_err(|_| AppendError::Closed)?;
        outcome.await.unwrap_or_else(|gone| {
            Err(AppendError::Unknown {
                source: Box::new(gone),
            })
        })
    }
}

impl Queue {
    /// Lets callers that were just answered send their next, for as long as any
    /// do, so that the next batch has all of them and not the quickest alone.
    pub(super) async fn gather(&self) {
        let mut waiting = self.jobs.len();
        loop {
            yield_now().await;
            let more = self.jobs.len();
            if more == waiting || more >= BATCH_COMMANDS {
                return;
            }
            waiting = more;
        }
    }

    /// What waits now, or the next that comes; `None` when the log has stopped
    /// and everything accepted has been handed out.
    pub(super) async fn next_batch(&mut self) -> Option<Vec<Job>> {
        let first = tokio::select! {
            job = self.jobs.recv() => job,
            () = self.stop.cancelled(), if !self.room.is_closed() => {
                self.room.close();
                self.jobs.close();
                self.jobs.recv().await
            }
        }?;
        let mut bytes = first.written.bytes;
        let mut batch = vec![first];
        while batch.len() < BATCH_COMMANDS && bytes < BATCH_BYTES {
            let Ok(job) = self.jobs.try_recv() else { break };
            bytes += job.written.bytes;
            batch.push(job);
        }
        Some(batch)
    }
}
