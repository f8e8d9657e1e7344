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
use projections::RelayedEvent;
use projections::progress::StageProgress;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::claims::Claims;
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
    Later(Duration),
}

#[async_trait]
impl Handler for StageRunner {
    async fn handle(&self, message: &RelayedEvent, stop: &CancellationToken) -> Verdict {
        // Not done: should the work that goes on die, this message does it.
        let Some(_claim) = self.claims.claim(VideoId(message.stream_id)) else {
            return Verdict::Again(IN_HAND);
        };
        let production = match self.start(message).await {
            Ok(production) => production,
            Err(NotNow::NothingToDo) => return Verdict::Done,
            Err(NotNow::Later(wait)) => return Verdict::Again(wait),
        };
        let outcome = self.attempt(message, &production, stop).await;
        let recorded = match outcome {
            Ok(result) => self.complete(message, production.attempt, result).await,
            Err(Interrupted::Stopped) if stop.is_cancelled() => {
                return Verdict::Again(Duration::ZERO);
            }
            Err(Interrupted::Stopped) => return Verdict::Done,
            Err(Interrupted::Failed(failure)) => {
                self.fail(message, production.attempt, failure).await
            }
        };
        recorded.unwrap_or_else(|error| {
            tracing::error!(
                video.id = %message.stream_id,
                correlation.id = %message.correlation_id,
                stage = %self.stage(),
                error = &error as &dyn std::error::Error,
                "the outcome of a stage could not be recorded; it will be worked on again"
            );
            Verdict::Again(LOG_AWAY)
        })
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

    async fn dispatch(
        &self,
        message: &RelayedEvent,
        command: VideoCommand,
    ) -> Result<Dispatched<Video>, DispatchError<VideoError>> {
        let context = self.pipeline.context(self.stage().slug(), message);
        self.pipeline
            .dispatcher
            .dispatch::<Video>(message.stream_id, command, &context)
            .await
    }

    /// Takes up the stage, if it is still due.
    async fn start(&self, message: &RelayedEvent) -> Result<Production, NotNow> {
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
        let started = self
            .dispatch(message, VideoCommand::StartStage { stage })
            .await
            .map_err(|error| away(&error))?;
        match started.state.generating() {
            Some(p) if p.running && p.stage == stage => Ok(p.clone()),
            _ => Err(NotNow::NothingToDo),
        }
    }

    async fn attempt(
        &self,
        message: &RelayedEvent,
        production: &Production,
        stop: &CancellationToken,
    ) -> Result<StageResult, Interrupted> {
        tracing::info!(
            video.id = %message.stream_id,
            correlation.id = %message.correlation_id,
            stage = %self.stage(),
            attempt = production.attempt,
            "stage started"
        );
        let cancel = stop.child_token();
        let _watching = self.stop_when_moved_on(message, production.attempt, &cancel);
        let job = Job {
            pipeline: &self.pipeline,
            message,
            video: VideoId(message.stream_id),
            production,
            observer: self.observer(message, production.attempt, &cancel),
        };
        self.worker.work(&job).await
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
        message: &RelayedEvent,
        attempt: u32,
        result: StageResult,
    ) -> Result<Verdict, DispatchError<VideoError>> {
        let done = self
            .dispatch(message, VideoCommand::CompleteStage { attempt, result })
            .await?;
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
        let failed = self.dispatch(message, command).await?;
        let again = failed.events.iter().find_map(|event| match event {
            VideoEvent::StageFailed { retry_at, .. } => *retry_at,
            _ => None,
        });
        Ok(match again {
            Some(retry_at) => Verdict::Again((retry_at - at).to_std().unwrap_or_default()),
            None => Verdict::Done,
        })
    }
}
