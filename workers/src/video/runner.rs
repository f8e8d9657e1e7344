//! Takes up a stage, keeps an eye on the video meanwhile, records the outcome.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use commands::{DispatchError, Dispatched};
use domain::video::output::StageResult;
use domain::video::{Production, Video, VideoCommand, VideoError, VideoEvent};
use domain::{Failure, Stage, VideoId};
use futures::StreamExt;
use integrations::Observer;
use projections::progress::StageProgress;
use projections::{Attempt, RelayedEvent};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::claims::Claims;
use super::cleanup::remove_media;
use super::record::record;
use super::stage::{Interrupted, Job, StageWorker};
use crate::progress::publish_latest;
use crate::{Handler, Pipeline, Verdict};

/// Wait before a message is delivered again because the log was out of reach.
const LOG_AWAY: Duration = Duration::from_secs(2);
/// Wait before looking again at a video that is in hand already.
const IN_HAND: Duration = Duration::from_secs(1);
/// How often to look whether the video moved on, should a hint be lost.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(super) struct StageRunner {
    pipeline: Arc<Pipeline>,
    worker: Arc<dyn StageWorker>,
    claims: Claims,
}

/// The stage is not to be worked on now.
enum NotNow {
    NothingToDo,
    /// A worker that died may have left files of it.
    Deleted,
    Later(Duration),
}

#[async_trait]
impl Handler for StageRunner {
    async fn handle(&self, message: &RelayedEvent, stop: &CancellationToken) -> Verdict {
        // Not done: should the work that goes on die, this message does it.
        let Some(_claim) = self.claims.claim(VideoId(message.stream_id)) else {
            return Verdict::Again(IN_HAND);
        };
        let production = match self.start(message, stop).await {
            Ok(production) => production,
            Err(NotNow::NothingToDo) => return Verdict::Done,
            Err(NotNow::Deleted) => {
                return remove_media(&self.pipeline, VideoId(message.stream_id)).await;
            }
            Err(NotNow::Later(wait)) => return Verdict::Again(wait),
        };
        let cancel = stop.child_token();
        let observer = self.observer(message, production.attempt, &cancel);
        let job = Job::new(&self.pipeline, message, &production, observer, stop);
        let recorded = match self.attempt(&job, &cancel).await {
            Ok(result) => self.complete(&job, result).await,
            Err(Interrupted::Stopped) if stop.is_cancelled() => {
                return self.release(message, production.attempt, stop).await;
            }
            Err(Interrupted::Stopped) => Ok(Verdict::Done),
            Err(Interrupted::Failed(failure)) => {
                self.fail(message, production.attempt, failure, stop).await
            }
        };
        match recorded {
            Ok(Verdict::Done) => self.leave_nothing_of_a_deleted_video(message).await,
            Ok(again) => again,
            Err(error) => {
                tracing::error!(
                    video.id = %message.stream_id,
                    correlation.id = %message.correlation_id,
                    stage = %self.stage(),
                    error = &error as &dyn std::error::Error,
                    "the outcome of a stage could not be recorded; it will be worked on again"
                );
                Verdict::Again(LOG_AWAY)
            }
        }
    }
}

impl StageRunner {
    pub(super) fn new(pipeline: Arc<Pipeline>, worker: Arc<dyn StageWorker>) -> Self {
        Self {
            pipeline,
            worker,
            claims: Claims::default(),
        }
    }

    fn stage(&self) -> Stage {
        self.worker.stage()
    }

    async fn record(
        &self,
        message: &RelayedEvent,
        command: VideoCommand,
        stop: &CancellationToken,
    ) -> Result<Dispatched<Video>, DispatchError<VideoError>> {
        record(&self.pipeline, self.stage().slug(), message, command, stop).await
    }

    /// Takes up the stage, if it is still due and nobody is at it. Of two
    /// processes that want the same attempt, the log lets one begin.
    async fn start(
        &self,
        message: &RelayedEvent,
        stop: &CancellationToken,
    ) -> Result<Production, NotNow> {
        let away = |error: &(dyn std::error::Error + 'static)| {
            tracing::warn!(video.id = %message.stream_id, error, "a stage could not be taken up yet");
            NotNow::Later(LOG_AWAY)
        };
        let loaded = self
            .pipeline
            .dispatcher
            .load::<Video>(message.stream_id)
            .await
            .map_err(|error| away(&error))?;
        if matches!(loaded.state, Video::Deleted { .. }) {
            return Err(NotNow::Deleted);
        }
        let due = loaded
            .state
            .generating()
            .filter(|p| p.stage == self.stage());
        let Some(production) = due else {
            return Err(NotNow::NothingToDo);
        };
        if let Some(retry_at) = production.retry_at
            && let Ok(wait) = (retry_at - self.pipeline.clock.now()).to_std()
        {
            return Err(NotNow::Later(wait));
        }
        let stage = self.stage();
        if production.running {
            let before = self.attempt_at(message, production.attempt);
            if !self.pipeline.heartbeats.is_missed(&before) {
                return Err(NotNow::Later(IN_HAND));
            }
        }
        let attempt = production.attempt + 1;
        let started = self
            .record(message, VideoCommand::StartStage { stage, attempt }, stop)
            .await
            .map_err(|error| away(&error))?;
        match started.state.generating() {
            Some(_) if started.events.is_empty() => Err(NotNow::Later(IN_HAND)),
            Some(p) if p.is_current(stage, attempt) => Ok(p.clone()),
            _ => Err(NotNow::NothingToDo),
        }
    }

    fn attempt_at(&self, message: &RelayedEvent, number: u32) -> Attempt {
        Attempt {
            video: VideoId(message.stream_id),
            stage: self.stage(),
            number,
        }
    }

    /// Cancelled with `cancel`, which the job's observer hears.
    async fn attempt(
        &self,
        job: &Job<'_>,
        cancel: &CancellationToken,
    ) -> Result<StageResult, Interrupted> {
        let (message, attempt) = (job.message, job.production.attempt);
        tracing::info!(
            video.id = %message.stream_id,
            correlation.id = %message.correlation_id,
            stage = %self.stage(),
            attempt,
            "stage started"
        );
        let _beating = self.beat(message, attempt);
        let _watching = self.stop_when_moved_on(message, attempt, cancel);
        self.worker.work(job).await
    }

    /// Lets every process know that the attempt is worked on.
    fn beat(&self, message: &RelayedEvent, attempt: u32) -> DropGuard {
        let over = CancellationToken::new();
        tokio::spawn(self.attempt_at(message, attempt).beat(
            self.pipeline.nats.clone(),
            self.pipeline.subjects.clone(),
            self.pipeline.ack_wait,
            over.clone(),
        ));
        over.drop_guard()
    }

    /// Cancels `cancel` once the attempt no longer counts: the video was
    /// cancelled or deleted, or another worker took the stage over.
    fn stop_when_moved_on(
        &self,
        message: &RelayedEvent,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> DropGuard {
        let guard = CancellationToken::new();
        let over = guard.clone();
        let cancel = cancel.clone();
        let pipeline = Arc::clone(&self.pipeline);
        let stage = self.stage();
        let message = message.clone();
        tokio::spawn(async move {
            let moved_on = async {
                let subject = pipeline.subjects.changed(
                    projections::video::VIDEOS,
                    message.owner,
                    message.stream_id,
                );
                let mut hints = match pipeline.nats.subscribe(subject).await {
                    Ok(hints) => hints.boxed(),
                    Err(_) => futures::stream::pending().boxed(),
                };
                loop {
                    let loaded = pipeline.dispatcher.load::<Video>(message.stream_id).await;
                    if let Ok(loaded) = loaded
                        && !loaded
                            .state
                            .generating()
                            .is_some_and(|p| p.is_current(stage, attempt))
                    {
                        return;
                    }
                    let _ = tokio::time::timeout(LOOK_EVERY, hints.next()).await;
                }
            };
            tokio::select! {
                () = over.cancelled() => {}
                () = moved_on => cancel.cancel(),
            }
        });
        guard.drop_guard()
    }

    fn observer(
        &self,
        message: &RelayedEvent,
        attempt: u32,
        cancel: &CancellationToken,
    ) -> Observer {
        let (counts, latest) = watch::channel((0, 0));
        let template = StageProgress {
            video: message.stream_id,
            stage: self.stage(),
            attempt,
            done: 0,
            total: 0,
            unit: self.worker.unit().to_owned(),
        };
        tokio::spawn(publish_latest(
            self.pipeline.nats.clone(),
            self.pipeline.subjects.clone(),
            message.owner,
            template,
            latest,
        ));
        Observer::new(cancel.clone(), move |done, total| {
            counts.send_replace((done, total));
        })
    }

    async fn complete(
        &self,
        job: &Job<'_>,
        result: StageResult,
    ) -> Result<Verdict, DispatchError<VideoError>> {
        let (message, attempt) = (job.message, job.production.attempt);
        let complete = VideoCommand::CompleteStage { attempt, result };
        let done = self.record(message, complete, &job.stop).await?;
        if !done.events.is_empty() {
            job.journal.close().await;
        }
        tracing::info!(
            video.id = %message.stream_id,
            correlation.id = %message.correlation_id,
            stage = %self.stage(),
            attempt,
            counted = !done.events.is_empty(),
            "stage completed"
        );
        Ok(Verdict::Done)
    }

    async fn fail(
        &self,
        message: &RelayedEvent,
        attempt: u32,
        failure: Failure,
        stop: &CancellationToken,
    ) -> Result<Verdict, DispatchError<VideoError>> {
        tracing::warn!(
            video.id = %message.stream_id,
            correlation.id = %message.correlation_id,
            stage = %self.stage(),
            attempt,
            code = failure.code,
            "stage failed"
        );
        let at = self.pipeline.clock.now();
        let command = VideoCommand::FailStage {
            stage: self.stage(),
            attempt,
            failure,
            at,
            jitter: self.pipeline.jitter(),
        };
        let failed = self.record(message, command, stop).await?;
        let again = failed.events.iter().find_map(|event| match event {
            VideoEvent::StageFailed { retry_at, .. } => *retry_at,
            _ => None,
        });
        Ok(match again {
            Some(retry_at) => Verdict::Again((retry_at - at).to_std().unwrap_or_default()),
            None => Verdict::Done,
        })
    }

    /// Lets go of the stage, for whoever takes it up next.
    async fn release(
        &self,
        message: &RelayedEvent,
        attempt: u32,
        stop: &CancellationToken,
    ) -> Verdict {
        let stage = self.stage();
        let release = VideoCommand::ReleaseStage { stage, attempt };
        if let Err(error) = self.record(message, release, stop).await {
            tracing::warn!(
                video.id = %message.stream_id,
                stage = %stage,
                error = &error as &dyn std::error::Error,
                "a stage could not be let go of; it goes on once its worker is missed"
            );
        }
        Verdict::Again(Duration::ZERO)
    }

    /// What was put into the media store after the cleanup passed there.
    async fn leave_nothing_of_a_deleted_video(&self, message: &RelayedEvent) -> Verdict {
        let pipeline = &self.pipeline;
        match pipeline.dispatcher.load::<Video>(message.stream_id).await {
            Ok(loaded) if matches!(loaded.state, Video::Deleted { .. }) => {
                remove_media(pipeline, VideoId(message.stream_id)).await
            }
            Ok(_) => Verdict::Done,
            Err(error) => {
                tracing::warn!(
                    video.id = %message.stream_id,
                    error = &error as &dyn std::error::Error,
                    "it is not known whether a video was deleted; it is looked at again"
                );
                Verdict::Again(LOG_AWAY)
            }
        }
    }
}
