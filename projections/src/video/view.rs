//! A video as one document, and how each event changes it.

use chrono::{DateTime, Utc};
use domain::settings::ProductionSettings;
use domain::video::VideoEvent;
use domain::video::output::{Film, Publication, Script, Speech, StageOutput};
use domain::{Asset, Failure, Microusd, SeriesId, Stage, Topic, UserId, VideoId};
use event_store::{Position, RecordedEvent};
use serde::{Deserialize, Serialize};

use super::CostLine;

/// What a user sees of how it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VideoStatus {
    Queued,
    Generating,
    Ready,
    Failed,
    Cancelled,
}

impl VideoStatus {
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Generating => "generating",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Nothing more happens by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Ready | Self::Failed | Self::Cancelled)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageState {
    Pending,
    Running,
    /// Failed, and to be tried again by itself.
    Waiting,
    Done,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageView {
    pub stage: Stage,
    pub state: StageState,
    pub attempts: u32,
    /// Of the first attempt.
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneView {
    pub start_ms: u32,
    pub end_ms: u32,
    pub text: String,
    pub visual: String,
    pub image: Option<Asset>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoView {
    pub id: VideoId,
    pub owner: UserId,
    pub series: Option<SeriesId>,
    pub topic: Topic,
    pub settings: ProductionSettings,
    pub seed: u64,
    pub status: VideoStatus,
    /// The stage that is due or running, or that failed.
    pub stage: Option<Stage>,
    pub stages: Vec<StageView>,
    pub failure: Option<Failure>,
    /// When the failed stage is tried again.
    pub retry_at: Option<DateTime<Utc>>,
    pub script: Option<Script>,
    pub speech: Option<Speech>,
    pub scenes: Vec<SceneView>,
    pub film: Option<Film>,
    pub publication: Option<Publication>,
    pub cost: Microusd,
    /// What `cost` is made of, in the order in which it was spent.
    #[serde(default)]
    pub costs: Vec<CostLine>,
    pub requested_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// The last event this reflects.
    pub position: Position,
}

/// One event of a video, readable.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    pub revision: u64,
    pub position: i64,
    pub type_name: String,
    pub occurred_at: DateTime<Utc>,
    /// `user` or a part of the program: `worker/script`.
    pub actor: String,
    pub summary: String,
    pub data: serde_json::Value,
}

impl VideoView {
    /// The document after `event`; none when the video is gone.
    pub(crate) fn after(
        view: Option<Self>,
        event: &VideoEvent,
        recorded: &RecordedEvent,
    ) -> Option<Self> {
        if let VideoEvent::Requested {
            owner,
            series,
            brief,
        } = event
        {
            let at = recorded.metadata.occurred_at;
            return Some(Self {
                id: VideoId(recorded.stream.id),
                owner: *owner,
                series: *series,
                topic: brief.topic.clone(),
                settings: brief.settings.clone(),
                seed: brief.seed,
                status: VideoStatus::Queued,
                stage: Some(Stage::FIRST),
                stages: Stage::ALL.iter().copied().map(StageView::pending).collect(),
                failure: None,
                retry_at: None,
                script: None,
                speech: None,
                scenes: Vec::new(),
                film: None,
                publication: None,
                cost: Microusd::ZERO,
                costs: Vec::new(),
                requested_at: at,
                updated_at: at,
                finished_at: None,
                position: recorded.position,
            });
        }
        let mut view = view?;
        view.updated_at = recorded.metadata.occurred_at;
        view.position = recorded.position;
        let line = CostLine::of(event, recorded, Some(&view));
        view.cost = view.cost + line.as_ref().map_or(Microusd::ZERO, |line| line.cost);
        view.costs.extend(line);
        view.change(event).then_some(view)
    }

    /// False when nothing is left.
    fn change(&mut self, event: &VideoEvent) -> bool {
        let at = self.updated_at;
        match event {
            VideoEvent::Requested { .. }
            | VideoEvent::ProviderJobStarted(_)
            | VideoEvent::ProviderCharged(_)
            | VideoEvent::ProviderSwitched(_) => {}
            VideoEvent::StageStarted { stage, attempt } => {
                self.status = VideoStatus::Generating;
                self.retry_at = None;
                let stage = self.stage_mut(*stage);
                stage.state = StageState::Running;
                stage.attempts = *attempt;
                stage.started_at.get_or_insert(at);
            }
            VideoEvent::StageReleased { stage, .. } => {
                self.stage_mut(*stage).state = StageState::Pending;
            }
            VideoEvent::SceneImageGenerated { scene, image, .. } => {
                if let Some(scene) = self.scenes.get_mut(usize::from(*scene)) {
                    scene.image = Some(image.clone());
                }
            }
            VideoEvent::StageCompleted(output) => self.complete(output),
            VideoEvent::StageFailed {
                stage,
                failure,
                retry_at,
                ..
            } => {
                self.failure = Some(failure.clone());
                self.retry_at = *retry_at;
                self.stage_mut(*stage).state = match retry_at {
                    Some(_) => StageState::Waiting,
                    None => StageState::Failed,
                };
            }
            VideoEvent::Ready {} => self.finish(VideoStatus::Ready),
            VideoEvent::Failed { failure, .. } => {
                self.failure = Some(failure.clone());
                self.finish(VideoStatus::Failed);
            }
            VideoEvent::Cancelled { .. } => self.finish(VideoStatus::Cancelled),
            VideoEvent::Retried { stage } => {
                self.status = VideoStatus::Queued;
                self.stage = Some(*stage);
                self.stage_mut(*stage).state = StageState::Pending;
                self.failure = None;
                self.retry_at = None;
                self.finished_at = None;
            }
            VideoEvent::Deleted {} => return false,
        }
        true
    }

    fn complete(&mut self, output: &StageOutput) {
        let at = self.updated_at;
        let stage = self.stage_mut(output.stage());
        stage.state = StageState::Done;
        stage.started_at.get_or_insert(at);
        stage.finished_at = Some(at);
        self.stage = output.stage().next();
        self.failure = None;
        match output.clone() {
            StageOutput::Script(script) => self.script = Some(script),
            StageOutput::Speech(speech) => self.speech = Some(speech),
            StageOutput::Segmentation { scenes } => {
                let view = |scene: domain::video::output::Scene| SceneView {
                    start_ms: scene.start_ms,
                    end_ms: scene.end_ms,
                    text: scene.text,
                    visual: scene.visual,
                    image: None,
                };
                self.scenes = scenes.into_iter().map(view).collect();
            }
            StageOutput::Images {} => {}
            StageOutput::Assembly(film) => self.film = Some(film),
            StageOutput::Upload(publication) => self.publication = Some(*publication),
        }
    }

    fn finish(&mut self, status: VideoStatus) {
        self.status = status;
        self.retry_at = None;
        self.finished_at = Some(self.updated_at);
    }

    fn stage_mut(&mut self, stage: Stage) -> &mut StageView {
        let place = match self.stages.iter().position(|view| view.stage == stage) {
            Some(place) => place,
            None => {
                self.stages.push(StageView::pending(stage));
                self.stages.len() - 1
            }
        };
        &mut self.stages[place]
    }
}

impl StageView {
    fn pending(stage: Stage) -> Self {
        Self {
            stage,
            state: StageState::Pending,
            attempts: 0,
            started_at: None,
            finished_at: None,
        }
    }
}
