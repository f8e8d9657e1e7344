//! A durable consumer: takes messages one by one, keeps them while they are
//! worked on, and acknowledges what is done.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{
    self, AckKind, Message,
    consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
};
use async_trait::async_trait;
use futures::StreamExt;
use projections::{RelayedEvent, Subjects};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// For [`Consumer::ack_wait`]: long enough for a machine that is busy, short
/// enough for people who wait.
pub const ACK_WAIT: Duration = Duration::from_secs(12);
/// Heartbeats in that time: two may be lost.
const HEARTBEATS: u32 = 3;
/// One request for work waits this long for some. The server forgets requests
/// when it restarts or the connection breaks, so this is how long workers then
/// stand idle.
const FETCH_EXPIRES: Duration = Duration::from_secs(5);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// What is to become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Recorded, or nothing to do.
    Done,
    /// To be delivered again after this time.
    Again(Duration),
}

/// Does the work of one kind of message. Called again with the same message
/// after a crash, so it must be idempotent.
#[async_trait]
pub trait Handler: Send + Sync {
    async fn handle(&self, message: &RelayedEvent, stop: &CancellationToken) -> Verdict;
}

#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    #[error("the stream of events could not be created")]
    Stream(#[from] projections::RelayError),
    #[error("the stream of events could not be read")]
    GetStream(#[from] jetstream::context::GetStreamError),
    #[error("the consumer could not be created")]
    Create(#[from] jetstream::stream::ConsumerError),
    #[error("work could not be asked for")]
    Fetch(#[from] pull::BatchError),
    #[error("a message was lost on its way")]
    Message(#[source] async_nats::Error),
}

pub struct Consumer {
    /// Its durable name in JetStream.
    pub name: String,
    /// The subjects it takes.
    pub filter: String,
    /// Messages worked on at the same time in this process.
    pub concurrency: usize,
    /// A message that is not heard of for this long is given to another worker.
    pub ack_wait: Duration,
    pub jetstream: jetstream::Context,
    pub subjects: Subjects,
    pub handler: Arc<dyn Handler>,
}

impl Consumer {
    /// Works until `stop`, then lets go of what it holds and waits for that.
    pub async fn run(self, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        let slots = Arc::new(Semaphore::new(self.concurrency));
        let mut failing = false;
        while !stop.is_cancelled() {
            let outcome = tokio::select! {
                () = stop.cancelled() => break,
                outcome = self.take_work(&slots, &tasks, &stop) => outcome,
            };
            let Err(error) = outcome;
            if !std::mem::replace(&mut failing, true) {
                tracing::warn!(
                    consumer = self.name,
                    error = &error as &dyn std::error::Error,
                    "no work can be taken for now; trying again"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
            }
        }
        tasks.close();
        tasks.wait().await;
    }

    /// Takes work until something breaks.
    async fn take_work(
        &self,
        slots: &Arc<Semaphore>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<std::convert::Infallible, ConsumeError> {
        let consumer = self.durable().await?;
        loop {
            let slot = Arc::clone(slots)
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            // One at a time: a message that waited here would not be heard of.
            let mut batch = consumer
                .batch()
                .max_messages(1)
                .expires(FETCH_EXPIRES)
                .messages()
                .await?;
            if let Some(message) = batch.next().await {
                let message = message.map_err(ConsumeError::Message)?;
                let handler = Arc::clone(&self.handler);
                let heartbeat = self.ack_wait / HEARTBEATS;
                tasks.spawn(work(message, handler, heartbeat, stop.clone(), slot));
            }
        }
    }

    async fn durable(&self) -> Result<PullConsumer, ConsumeError> {
        projections::ensure_stream(&self.jetstream, &self.subjects).await?;
        let stream = self
            .jetstream
            .get_stream(self.subjects.stream_name())
            .await?;
        let consumer = stream
            .create_consumer(pull::Config {
                durable_name: Some(self.name.clone()),
                filter_subject: self.filter.clone(),
                deliver_policy: DeliverPolicy::All,
                ack_policy: AckPolicy::Explicit,
                ack_wait: self.ack_wait,
                // The log counts attempts and ends them.
                max_deliver: -1,
                ..Default::default()
            })
            .await?;
        Ok(consumer)
    }
}

/// Handles one message, heard of all the while.
async fn work(
    message: Message,
    handler: Arc<dyn Handler>,
    heartbeat: Duration,
    stop: CancellationToken,
    _slot: OwnedSemaphorePermit,
) {
    let Ok(event) = serde_json::from_slice::<RelayedEvent>(&message.payload) else {
        tracing::error!(
            subject = %message.subject,
            "a message that the relay did not write is dropped"
        );
        acknowledge(&message, AckKind::Term).await;
        return;
    };
    let handled = handler.handle(&event, &stop);
    tokio::pin!(handled);
    let mut heartbeat = tokio::time::interval(heartbeat);
    let verdict = loop {
        tokio::select! {
            verdict = &mut handled => break verdict,
            _ = heartbeat.tick() => acknowledge(&message, AckKind::Progress).await,
        }
    };
    match verdict {
        Verdict::Done => acknowledge(&message, AckKind::Ack).await,
        Verdict::Again(after) => acknowledge(&message, AckKind::Nak(Some(after))).await,
    }
}

/// An acknowledgement that is lost costs a redelivery, which finds nothing to
/// do.
async fn acknowledge(message: &Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        tracing::debug!(%error, "an acknowledgement was not sent");
    }
}
