//! The stages of a video, and what can become of them and of it.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use projections::video::StageView;

/// What a user sees of how it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "projections::video::VideoStatus")]
pub(crate) enum VideoStatus {
    /// Waiting for a worker.
    Queued,
    /// Being made; `generationStage` says where it is.
    Generating,
    /// Made: `videoUrl` plays it.
    Ready,
    /// Given up; `errorMessage` says what to do, and `retryVideo` goes on from
    /// there.
    Failed,
    /// Stopped by its owner; `retryVideo` goes on from there.
    Cancelled,
}

/// A stage of the making, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Stage")]
pub(crate) enum Stage {
    /// Topic to script.
    Script,
    /// Script to speech, with the time of each word.
    Speech,
    /// Word times to scene times; done together with speech.
    Segmentation,
    /// One picture a scene.
    Images,
    /// Pictures, speech, captions and music to a film.
    Assembly,
    /// Film, thumbnail and captions to where people fetch them.
    Upload,
}

/// How one stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "projections::video::StageState")]
pub(crate) enum StageState {
    /// Not begun.
    Pending,
    Running,
    /// Failed, and to be tried again by itself at the video's `retryAt`.
    Waiting,
    Done,
    Failed,
}

/// What can be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::FailureClass")]
pub(crate) enum FailureClass {
    /// The same work may succeed later.
    Retryable,
    /// It will fail again however often it is tried.
    Permanent,
    /// It will succeed once you have changed something.
    UserFixable,
}

/// One stage of a video.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct VideoStage {
    stage: Stage,
    state: StageState,
    /// How often it was begun.
    attempts: u32,
    /// Of the first attempt.
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<&StageView> for VideoStage {
    fn from(view: &StageView) -> Self {
        Self {
            stage: view.stage.into(),
            state: view.state.into(),
            attempts: view.attempts,
            started_at: view.started_at,
            finished_at: view.finished_at,
        }
    }
}
