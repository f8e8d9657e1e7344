//! Finds work that JetStream has lost, and sends it again.
//!
//! Every message can be lost: the stream deleted, its tail gone with a server
//! that had not written it, a message dropped by a limit. The read models say
//! which stages are outstanding, JetStream what it still holds, heartbeats what
//! is being worked on, and the log, asked last, whether it is still so. What is
//! left is published again under `<event id>#<n>`, because within its window
//! JetStream would swallow the event's own id. A message too many does nothing:
//! attempts are numbered, and one that is held is not taken over.
//!
//! A stage that waits for its next attempt is sent again when that is overdue,
//! or at once when the stream lost messages; its worker keeps it until it is
//! time. To cover another kind of work, add what is outstanding of it to
//! `outstanding.rs` and a pass to [`Reconciler::sweep`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::context::{ConsumerInfoError, PublishError};
use async_nats::jetstream::stream::{ConsumerError, Stream};
use chrono::TimeDelta;
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, Clock, DomainEvent, Stage, VideoId};
use event_store::{EventStore, RecordedEvent, StoreError, StreamName};
use sqlx::PgPool;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::held::Held;
use super::message::{due_stage, publish};
use super::outstanding::{self, Outstanding};
use super::{RelayError, ensure_stream, stream};
use crate::{Attempt, Heartbeats, Subjects, checkpoint};

/// Advisory lock of the one active reconciler: "sweep" in ASCII.
const LOCK: i64 = 0x73_77_65_65_70;
const PAGE: i64 = 500;
/// Events of a video read at a time.
const EVENTS: usize = 500;
/// Ids tried for one message; each is taken only if the one before was swallowed.
const MOST_IDS: u32 = 20;

#[derive(Debug, Clone)]
pub struct ReconcilerConfig {
    /// Time between two looks at everything that is outstanding.
    pub sweep_every: Duration,
    /// Time between two looks whether JetStream has lost its stream.
    pub look_every: Duration,
    /// A stage that is due for so long without a start may have lost its
    /// message.
    pub unstarted_after: Duration,
    /// So may an attempt without a heartbeat for so long.
    pub silent_after: Duration,
}

impl Default for ReconcilerConfig {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_secs(10),
            look_every: Duration::from_secs(1),
            unstarted_after: Duration::from_secs(30),
            silent_after: Duration::from_secs(30),
        }
    }
}

/// What one sweep sent again.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Resent {
    /// Videos with the stage that is due.
    pub stages: Vec<(VideoId, Stage)>,
    /// Videos whose deletion was told again.
    pub deletions: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error("the log could not be read")]
    Store(#[from] StoreError),
    #[error("what is outstanding could not be read")]
    Database(#[from] sqlx::Error),
    #[error("the stream of events could not be created")]
    Stream(#[from] RelayError),
    #[error("it could not be asked what a consumer has done")]
    Consumer(#[from] ConsumerInfoError),
    #[error("what JetStream holds could not be asked for")]
    Reader(#[from] ConsumerError),
    #[error("what JetStream holds could not be read")]
    Read(#[from] pull::BatchError),
    #[error("a message that JetStream holds was lost on its way")]
    Message(#[source] async_nats::Error),
    #[error("JetStream did not take a message")]
    Publish(#[from] PublishError),
}

pub struct Reconciler {
    pub store: Arc<dyn EventStore>,
    pub pool: PgPool,
    pub nats: async_nats::Client,
    pub subjects: Subjects,
    pub clock: Arc<dyn Clock>,
    pub config: ReconcilerConfig,
}

/// What is known for one sweep.
struct Sweep<'a> {
    reconciler: &'a Reconciler,
    heartbeats: &'a Heartbeats,
    jetstream: jetstream::Context,
    stream: Stream,
    /// Messages are known to be lost, so nothing is waited for.
    lost: bool,
    held: HashMap<Stage, Held>,
    resent: Resent,
}

impl Reconciler {
    /// What [`run`](Self::run) and [`sweep`](Self::sweep) hear workers with.
    pub fn heartbeats(&self) -> Heartbeats {
        Heartbeats::new(Arc::clone(&self.clock), self.config.silent_after)
    }

    /// Sweeps until `stop`. A failure is logged and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let heartbeats = self.heartbeats();
        tokio::join!(
            heartbeats.listen(&self.nats, &self.subjects, &stop),
            self.sweep_on(&heartbeats, &stop)
        );
    }

    async fn sweep_on(&self, heartbeats: &Heartbeats, stop: &CancellationToken) {
        let mut next = Instant::now() + self.config.sweep_every;
        let mut failing = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.config.look_every) => {}
            }
            let is_time = Instant::now() >= next;
            match self.sweep_if(is_time, heartbeats).await {
                Ok(_) => {
                    failing = false;
                    if is_time {
                        next = Instant::now() + self.config.sweep_every;
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "it cannot be told which work was lost; trying again"
                        );
                    }
                }
            }
        }
    }

    /// Looks at everything, once no other process is at it. What is worked on is
    /// what `heartbeats` hear.
    pub async fn sweep(&self, heartbeats: &Heartbeats) -> Result<Resent, ReconcileError> {
        self.sweep_if(true, heartbeats).await
    }

    async fn sweep_if(
        &self,
        is_time: bool,
        heartbeats: &Heartbeats,
    ) -> Result<Resent, ReconcileError> {
        let name = self.subjects.stream_name();
        let loss = stream::unreconciled_loss(&self.pool, &name).await?;
        if !is_time && loss.is_none() {
            return Ok(Resent::default());
        }
        // The lock goes with its transaction, whatever becomes of this; but only
        // an end that is waited for lets the next sweep have it at once.
        let mut lock = self.pool.begin().await?;
        let held = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "held!""#, LOCK)
            .fetch_one(&mut *lock)
            .await?;
        if !held {
            return Ok(Resent::default());
        }
        let swept = self.sweep_alone(&name, loss, heartbeats).await;
        lock.rollback().await?;
        swept
    }

    async fn sweep_alone(
        &self,
        name: &str,
        loss: Option<i64>,
        heartbeats: &Heartbeats,
    ) -> Result<Resent, ReconcileError> {
        let jetstream = jetstream::new(self.nats.clone());
        let mut sweep = Sweep {
            reconciler: self,
            heartbeats,
            stream: ensure_stream(&jetstream, &self.subjects).await?,
            jetstream,
            lost: loss.is_some(),
            held: HashMap::new(),
            resent: Resent::default(),
        };
        sweep.stages().await?;
        if let Some(loss) = loss {
            sweep.deletions().await?;
            stream::reconciled(&self.pool, name, loss).await?;
        }
        Ok(sweep.resent)
    }
}

impl Sweep<'_> {
    async fn stages(&mut self) -> Result<(), ReconcileError> {
        let mut after = VideoId(Uuid::nil());
        loop {
            let page = outstanding::page(&self.reconciler.pool, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.video;
            for one in page {
                if self.is_overdue(&one) && !self.is_held(&one).await? {
                    self.resend_due(&one).await?;
                }
            }
        }
    }

    fn is_overdue(&self, one: &Outstanding) -> bool {
        let waited = self.reconciler.clock.now() - one.since;
        self.lost || waited >= limit(self.reconciler.config.unstarted_after)
    }

    async fn is_held(&mut self, one: &Outstanding) -> Result<bool, ReconcileError> {
        if !self.held.contains_key(&one.stage) {
            let subjects = &self.reconciler.subjects;
            let held = Held::of(&self.stream, subjects, one.stage).await?;
            self.held.insert(one.stage, held);
        }
        Ok(self.held[&one.stage].may_hold(one.video))
    }

    /// Sends the event again that makes the stage due, if by the log it still
    /// is, and nobody is at it.
    async fn resend_due(&mut self, one: &Outstanding) -> Result<(), ReconcileError> {
        let Some(event) = self.due_event(one).await? else {
            return Ok(());
        };
        let relayed_to = checkpoint::load(&self.reconciler.pool, super::NAME).await?;
        let was_relayed = relayed_to.and_then(|to| to.has_reached(&event.position));
        if was_relayed != Some(true) {
            return Ok(());
        }
        self.resend(&event).await?;
        tracing::warn!(
            video.id = %one.video,
            correlation.id = %event.metadata.correlation_id,
            stage = %one.stage,
            "the message for a due stage was lost; it was sent again"
        );
        self.resent.stages.push((one.video, one.stage));
        Ok(())
    }

    async fn due_event(&self, one: &Outstanding) -> Result<Option<RecordedEvent>, ReconcileError> {
        let stream = StreamName::new(Video::CATEGORY, one.video.0);
        let mut video = Video::default();
        let mut due = None;
        let mut from = 0;
        loop {
            let page = self
                .reconciler
                .store
                .read_stream(&stream, from, EVENTS)
                .await?;
            let is_last = page.len() < EVENTS;
            for recorded in page {
                from = recorded.revision + 1;
                // The projections tell of an event that cannot be understood.
                let Ok(event) = VideoEvent::restore(&recorded.event) else {
                    return Ok(None);
                };
                video = video.evolve(&event);
                if due_stage(&recorded) == Some(one.stage) {
                    due = Some(recorded);
                }
            }
            if is_last {
                break;
            }
        }
        let Some(production) = video.generating().filter(|it| it.stage == one.stage) else {
            return Ok(None);
        };
        let attempt = Attempt {
            video: one.video,
            stage: one.stage,
            number: production.attempt,
        };
        let is_worked_on = production.running && !self.heartbeats.is_missed(&attempt);
        Ok(due.filter(|_| !is_worked_on))
    }

    /// Deletes are told again: whether their files are gone cannot be seen.
    async fn deletions(&mut self) -> Result<(), ReconcileError> {
        let since = self.reconciler.clock.now() - limit(stream::MAX_AGE);
        let mut after = Uuid::nil();
        loop {
            let page = outstanding::deleted(&self.reconciler.pool, since, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = *last;
            for video in page {
                let stream = StreamName::new(Video::CATEGORY, video);
                let store = &self.reconciler.store;
                for deleted in store.read_stream_back(&stream, None, 1).await? {
                    self.resend(&deleted).await?;
                    self.resent.deletions += 1;
                }
            }
        }
    }

    async fn resend(&self, event: &RecordedEvent) -> Result<(), ReconcileError> {
        for number in 1..=MOST_IDS {
            let id = format!("{}#{number}", event.id);
            let subjects = &self.reconciler.subjects;
            let taken = publish(&self.jetstream, subjects, event, id).await?.await?;
            if !taken.duplicate {
                break;
            }
        }
        Ok(())
    }
}

fn limit(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
