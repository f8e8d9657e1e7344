use chrono::{DateTime, Utc};

use super::VideoBrief;
use super::output::{ProviderCharge, ProviderJob, ProviderSwitch, StageResult};
use crate::{Asset, Failure, Provider, SeriesId, Stage, UserId};

#[derive(Debug, Clone)]
pub enum VideoCommand {
    Request {
        owner: UserId,
        series: Option<SeriesId>,
        brief: VideoBrief,
    },
    /// A worker takes up a stage, as its attempt number `attempt`; of two that
    /// want the same number, one begins. It takes over from an attempt without
    /// an outcome: that worker is gone, or what it still says is too late.
    StartStage {
        stage: Stage,
        attempt: u32,
    },
    /// A worker lets go of a stage in good order, as when the program stops.
    ReleaseStage {
        stage: Stage,
        attempt: u32,
    },
    /// A provider has taken a job and is at it.
    StartProviderJob(ProviderJob),
    /// A provider was called, and the call costs.
    RecordCharge(ProviderCharge),
    /// A provider failed, and the next is asked.
    SwitchProvider(ProviderSwitch),
    /// One scene's picture is in the media store.
    RecordSceneImage {
        scene: u16,
        image: Asset,
        provider: Provider,
    },
    CompleteStage {
        attempt: u32,
        result: StageResult,
    },
    /// `jitter` (0 to 1) spreads the next attempts of many failures at once.
    FailStage {
        stage: Stage,
        attempt: u32,
        failure: Failure,
        at: DateTime<Utc>,
        jitter: f64,
    },
    Cancel,
    /// Go on from the stage that failed or was cancelled.
    Retry,
    Delete,
}
