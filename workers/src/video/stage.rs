//! The shape every stage's worker has.

use std::sync::Arc;

use async_trait::async_trait;
use domain::video::Production;
use domain::video::output::StageResult;
use domain::{Failure, FailureClass, Stage, VideoId};
use integrations::media::MediaError;
use integrations::{Journal, Observer, ProviderError};
use projections::RelayedEvent;
use render::RenderError;
use tokio_util::sync::CancellationToken;

use super::media;
use crate::Pipeline;

/// One attempt at one stage of one video.
pub struct Job<'a> {
    pub pipeline: &'a Pipeline,
    pub message: &'a RelayedEvent,
    pub video: VideoId,
    /// As it was when the attempt began.
    pub production: &'a Production,
    /// Tells when to stop, and hears of progress.
    pub observer: Observer,
    /// The program is stopping.
    pub stop: CancellationToken,
    /// Keeps the answers that are paid for, until the stage is recorded.
    pub journal: Arc<Journal>,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        pipeline: &'a Pipeline,
        message: &'a RelayedEvent,
        production: &'a Production,
        observer: Observer,
        stop: &CancellationToken,
    ) -> Self {
        let video = VideoId(message.stream_id);
        let answers = media::answers(video, production.stage);
        Self {
            pipeline,
            message,
            video,
            production,
            observer,
            stop: stop.clone(),
            journal: Arc::new(Journal::new(Arc::clone(&pipeline.media), answers)),
        }
    }

    /// What keeps the answers of a stage that is recorded scene by scene.
    pub(super) fn journal_of(&self, scene: u16) -> Arc<Journal> {
        let folder = media::answers_for_scene(self.video, self.production.stage, scene);
        Arc::new(Journal::new(Arc::clone(&self.pipeline.media), folder))
    }
}

/// Why an attempt ended without a result.
#[derive(Debug)]
pub enum Interrupted {
    /// The program is stopping, or the video has moved on.
    Stopped,
    Failed(Failure),
}

#[async_trait]
pub trait StageWorker: Send + Sync {
    fn stage(&self) -> Stage;

    /// What progress counts, in the plural.
    fn unit(&self) -> &'static str;

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted>;
}

impl Interrupted {
    pub(crate) fn provider(name: &str, error: &ProviderError) -> Self {
        match error {
            ProviderError::Cancelled => Self::Stopped,
            error => Self::Failed(error.failure(name)),
        }
    }

    /// What an earlier stage should have left is missing: the log is not what
    /// it was written to be.
    pub(crate) fn missing(what: &str) -> Self {
        Self::failed(
            FailureClass::Permanent,
            "incomplete",
            format!(
                "the video has no {what}, which an earlier stage should have made; request it again"
            ),
        )
    }

    pub(crate) fn failed(class: FailureClass, code: &str, message: String) -> Self {
        Self::Failed(Failure {
            class,
            code: code.to_owned(),
            message,
            retry_after_ms: None,
        })
    }

    /// The working folder could not be used.
    pub(crate) fn scratch(error: &std::io::Error) -> Self {
        Self::failed(
            FailureClass::Retryable,
            "working-folder",
            format!("the working folder cannot be used: {error}; free space in the data folder"),
        )
    }
}

impl From<MediaError> for Interrupted {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Cancelled => Self::Stopped,
            error => Self::Failed(error.failure()),
        }
    }
}

impl From<RenderError> for Interrupted {
    fn from(error: RenderError) -> Self {
        let (class, code) = match &error {
            RenderError::Cancelled => return Self::Stopped,
            RenderError::Encoder { .. } => (FailureClass::Retryable, "encoder"),
            RenderError::File { .. } => (FailureClass::Retryable, "working-folder"),
            RenderError::MissingProgram { .. } => (FailureClass::UserFixable, "missing-program"),
            RenderError::Picture { .. } => (FailureClass::UserFixable, "picture"),
            RenderError::Sound { .. } => (FailureClass::UserFixable, "sound"),
            RenderError::Plan { .. } | RenderError::Film { .. } => {
                (FailureClass::Permanent, "render")
            }
        };
        Self::failed(class, code, error.to_string())
    }
}
