use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::VideoBrief;
use super::output::{ProviderCharge, ProviderJob, ProviderSwitch, StageOutput};
use crate::{Asset, DomainEvent, Failure, Provider, SeriesId, Stage, UserId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum VideoEvent {
    #[serde(rename = "VideoRequested")]
    Requested {
        owner: UserId,
        series: Option<SeriesId>,
        brief: VideoBrief,
    },
    /// Attempts are numbered from 1 within a stage; a worker whose attempt is
    /// not the latest has lost the stage.
    #[serde(rename = "StageStarted")]
    StageStarted { stage: Stage, attempt: u32 },
    /// The attempt ended without an outcome, in good order: it is no failure,
    /// and the stage is due again.
    #[serde(rename = "StageReleased")]
    StageReleased { stage: Stage, attempt: u32 },
    /// The provider has taken a job that costs, and is at it: whoever goes on
    /// with the stage fetches what comes of it instead of ordering it again.
    #[serde(rename = "ProviderJobStarted")]
    ProviderJobStarted(ProviderJob),
    /// A provider was called, and the call costs, whatever came of it.
    #[serde(rename = "ProviderCharged")]
    ProviderCharged(ProviderCharge),
    /// A provider did not do its part of the stage, and the next one is asked.
    #[serde(rename = "ProviderSwitched")]
    ProviderSwitched(ProviderSwitch),
    #[serde(rename = "SceneImageGenerated")]
    SceneImageGenerated {
        scene: u16,
        image: Asset,
        provider: Provider,
    },
    #[serde(rename = "StageCompleted")]
    StageCompleted(StageOutput),
    /// `retry_at` is absent when there will be no further attempt.
    #[serde(rename = "StageFailed")]
    StageFailed {
        stage: Stage,
        attempt: u32,
        failure: Failure,
        retry_at: Option<DateTime<Utc>>,
    },
    #[serde(rename = "VideoReady")]
    Ready {},
    #[serde(rename = "VideoFailed")]
    Failed { stage: Stage, failure: Failure },
    #[serde(rename = "VideoCancelled")]
    Cancelled { stage: Stage },
    #[serde(rename = "VideoRetried")]
    Retried { stage: Stage },
    #[serde(rename = "VideoDeleted")]
    Deleted {},
}

impl DomainEvent for VideoEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[
        ("VideoRequested", 1),
        ("StageStarted", 1),
        ("StageReleased", 1),
        ("ProviderJobStarted", 1),
        ("ProviderCharged", 1),
        ("ProviderSwitched", 1),
        ("SceneImageGenerated", 1),
        ("StageCompleted", 1),
        ("StageFailed", 1),
        ("VideoReady", 1),
        ("VideoFailed", 1),
        ("VideoCancelled", 1),
        ("VideoRetried", 1),
        ("VideoDeleted", 1),
    ];
}

impl VideoEvent {
    /// What the video is called from this event on; none where it says nothing
    /// of that.
    pub fn video_name(&self) -> Option<&str> {
        match self {
            Self::Requested { brief, .. } => Some(brief.topic.as_str()),
            Self::StageCompleted(StageOutput::Script(script)) => Some(&script.title),
            _ => None,
        }
    }

    /// The stage that a worker should take up because of this event.
    pub fn due_stage(&self) -> Option<Stage> {
        match self {
            Self::Requested { .. } => Some(Stage::FIRST),
            // Speech and segmentation are recorded together, so only the latter
            // makes work due.
            Self::StageCompleted(StageOutput::Speech(_)) => None,
            Self::StageCompleted(output) => output.stage().next(),
            Self::Retried { stage } => Some(*stage),
            _ => None,
        }
    }
}
