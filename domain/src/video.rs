//! A video: requested, taken through six stages, ready.

mod brought;
mod command;
mod error;
mod event;
pub mod output;
pub mod segmentation;
mod state;
#[cfg(test)]
mod tests;

pub use brought::{Brought, ScenePicture};
pub use command::VideoCommand;
pub use error::VideoError;
pub use event::VideoEvent;
pub use state::{Production, Video};

use serde::{Deserialize, Serialize};

use crate::settings::ProductionSettings;
use crate::{Aggregate, Failure, FailureClass, Stage, Topic, UserId, failure};
use output::{StageOutput, StageResult};

/// Failed attempts at one stage after which the video fails.
pub const MAX_FAILURES: u32 = 3;
/// Attempts at one stage that ended without an outcome, because the process
/// died, after which the video fails: something in it kills its worker.
pub const MAX_INTERRUPTIONS: u32 = 10;

/// All that is needed to make the video again, seed included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoBrief {
    pub topic: Topic,
    pub settings: ProductionSettings,
    /// The only source of chance in its making.
    pub seed: u64,
    #[serde(default, skip_serializing_if = "Brought::is_nothing")]
    pub brought: Brought,
}

impl Aggregate for Video {
    const CATEGORY: &'static str = "video";

    type Command = VideoCommand;
    type Event = VideoEvent;
    type Error = VideoError;

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Deleted { owner } => Some(*owner),
            other => other.production().map(|production| production.owner),
        }
    }

    fn decide(&self, command: VideoCommand) -> Result<Vec<VideoEvent>, VideoError> {
        use VideoCommand as C;
        match (self, command) {
            (
                Self::Absent,
                C::Request {
                    owner,
                    series,
                    brief,
                },
            ) => Ok(vec![VideoEvent::Requested {
                owner,
                series,
                brief,
            }]),
            (Self::Absent, _) => Err(VideoError::NotFound),
            (_, C::Request { .. }) => Ok(vec![]),

            // Money is spent, whatever has become of the video meanwhile.
            (video, C::RecordCharge(charge)) => {
                let is_news = !video.has_charge(&charge.call);
                let charged = VideoEvent::ProviderCharged(charge);
                Ok(is_news.then_some(charged).into_iter().collect())
            }

            (Self::Generating(production), C::StartStage { stage, attempt }) => {
                Ok(start(production, stage, attempt))
            }
            (Self::Generating(production), C::ReleaseStage { stage, attempt }) => {
                let holds = production.is_current(stage, attempt);
                let released = VideoEvent::StageReleased { stage, attempt };
                Ok(holds.then_some(released).into_iter().collect())
            }
            (Self::Generating(production), C::StartProviderJob(job)) => {
                let is_news = production.is_current(job.stage, job.attempt)
                    && production.job(&job.provider, job.scene) != Some(&job.id);
                let started = VideoEvent::ProviderJobStarted(job);
                Ok(is_news.then_some(started).into_iter().collect())
            }
            (Self::Generating(production), C::SwitchProvider(switch)) => {
                let holds = production.is_current(switch.stage, switch.attempt);
                let switched = VideoEvent::ProviderSwitched(switch);
                Ok(holds.then_some(switched).into_iter().collect())
            }
            (
                Self::Generating(production),
                C::RecordSceneImage {
                    scene,
                    image,
                    provider,
                },
            ) => {
                let wanted = usize::from(scene) < production.scenes.len()
                    && !production.images.contains_key(&scene);
                Ok(wanted
                    .then_some(VideoEvent::SceneImageGenerated {
                        scene,
                        image,
                        provider,
                    })
                    .into_iter()
                    .collect())
            }
            (Self::Generating(production), C::CompleteStage { attempt, result }) => {
                complete(production, attempt, result)
            }
            (
                Self::Generating(production),
                C::FailStage {
                    stage,
                    attempt,
                    failure,
                    at,
                    jitter,
                },
            ) => {
                if !production.is_current(stage, attempt) {
                    return Ok(vec![]);
                }
                let failures = production.failures + 1;
                let again = failure.class == FailureClass::Retryable && failures < MAX_FAILURES;
                let retry_at =
                    again.then(|| failure::retry_at(at, failures, jitter, failure.retry_after_ms));
                Ok(fail(stage, attempt, failure, retry_at))
            }
            // The worker speaks of a video that has moved on without it.
            (
                _,
                C::StartStage { .. }
                | C::ReleaseStage { .. }
                | C::StartProviderJob(_)
                | C::SwitchProvider(_)
                | C::RecordSceneImage { .. }
                | C::CompleteStage { .. }
                | C::FailStage { .. },
            ) => Ok(vec![]),

            (Self::Generating(production), C::Cancel) => Ok(vec![VideoEvent::Cancelled {
                stage: production.stage,
            }]),
            (Self::Failed(production), C::Cancel) => Ok(vec![VideoEvent::Cancelled {
                stage: production.stage,
            }]),
            (Self::Cancelled(_), C::Cancel) => Ok(vec![]),
            (Self::Ready(_), C::Cancel) => Err(VideoError::AlreadyReady),

            (Self::Failed(production) | Self::Cancelled(production), C::Retry) => {
                Ok(vec![VideoEvent::Retried {
                    stage: production.stage,
                }])
            }
            (Self::Generating(production), C::Retry) if production.was_retried => Ok(vec![]),
            (Self::Generating(_) | Self::Ready(_), C::Retry) => Err(VideoError::NotRetryable),

            (Self::Deleted { .. }, C::Delete) => Ok(vec![]),
            (_, C::Delete) => Ok(vec![VideoEvent::Deleted {}]),
            (Self::Deleted { .. }, C::Cancel | C::Retry) => Err(VideoError::Deleted),
        }
    }

    fn evolve(self, event: &VideoEvent) -> Self {
        state::evolve(self, event)
    }
}

fn start(production: &Production, stage: Stage, attempt: u32) -> Vec<VideoEvent> {
    if production.stage != stage || production.attempt + 1 != attempt {
        return vec![];
    }
    let started = VideoEvent::StageStarted { stage, attempt };
    if !production.running || production.interruptions < MAX_INTERRUPTIONS {
        return vec![started];
    }
    let failure = Failure {
        class: FailureClass::Permanent,
        code: "worker-died".to_owned(),
        message: format!(
            "the {stage} stage ended without an outcome {MAX_INTERRUPTIONS} times, as when the \
             program runs out of memory or is killed; look at its log, then retry the video"
        ),
        retry_after_ms: None,
    };
    let mut events = vec![started];
    events.extend(fail(stage, attempt, failure, None));
    events
}

fn fail(
    stage: Stage,
    attempt: u32,
    failure: Failure,
    retry_at: Option<chrono::DateTime<chrono::Utc>>,
) -> Vec<VideoEvent> {
    let over = retry_at.is_none().then(|| VideoEvent::Failed {
        stage,
        failure: failure.clone(),
    });
    let failed = VideoEvent::StageFailed {
        stage,
        attempt,
        failure,
        retry_at,
    };
    std::iter::once(failed).chain(over).collect()
}

fn complete(
    production: &Production,
    attempt: u32,
    result: StageResult,
) -> Result<Vec<VideoEvent>, VideoError> {
    let stage = result.stage();
    if !production.is_current(stage, attempt) {
        return Ok(vec![]);
    }
    let done = VideoEvent::StageCompleted;
    Ok(match result {
        StageResult::Script(script) => vec![done(StageOutput::Script(script))],
        StageResult::Speech(speech) => {
            let script = production
                .script
                .as_ref()
                .ok_or_else(|| incomplete(stage, "it has no script"))?;
            let scenes = segmentation::segment_with(
                &script.scenes,
                &production.brief.brought.pictures,
                &speech.words,
                speech.duration_ms,
            );
            vec![
                done(StageOutput::Speech(speech)),
                done(StageOutput::Segmentation { scenes }),
            ]
        }
        StageResult::Images => {
            if let Some(scene) = production.missing_images().next() {
                return Err(incomplete(stage, &format!("scene {scene} has no picture")));
            }
            vec![done(StageOutput::Images {})]
        }
        StageResult::Assembly(film) => vec![done(StageOutput::Assembly(film))],
        StageResult::Upload(publication) => {
            vec![done(StageOutput::Upload(publication)), VideoEvent::Ready {}]
        }
    })
}

fn incomplete(stage: Stage, missing: &str) -> VideoError {
    VideoError::Incomplete {
        stage,
        missing: missing.to_owned(),
    }
}
