//! What a video remembers.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::output::{Film, ProviderJob, Publication, Scene, Script, Speech, StageOutput};
use super::{VideoBrief, VideoEvent};
use crate::{Aggregate, Asset, SeriesId, Stage, UserId};

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Video {
    #[default]
    Absent,
    /// Requested and not finished: waiting for a worker or in its hands.
    Generating(Box<Production>),
    Ready(Box<Production>),
    Failed(Box<Production>),
    Cancelled(Box<Production>),
    Deleted {
        owner: UserId,
    },
}

/// A video under way, with the outputs of the stages that are done.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    pub owner: UserId,
    pub series: Option<SeriesId>,
    pub brief: VideoBrief,
    /// The stage that is due, running or failed.
    pub stage: Stage,
    /// Attempts at this stage so far; the latest is the one that counts.
    pub attempt: u32,
    /// The latest attempt has no outcome yet.
    pub running: bool,
    /// Failed attempts at this stage since it became due or was retried.
    pub failures: u32,
    /// Attempts at this stage that died without an outcome, likewise.
    pub interruptions: u32,
    /// When the next attempt is due after a failure.
    pub retry_at: Option<DateTime<Utc>>,
    /// The user asked to go on after a failure, and it goes on.
    pub was_retried: bool,
    pub script: Option<Script>,
    pub speech: Option<Speech>,
    pub scenes: Vec<Scene>,
    pub images: BTreeMap<u16, Asset>,
    /// What providers of this stage are at, or were when their worker ended: the
    /// latest of each provider and scene.
    pub jobs: Vec<ProviderJob>,
    /// The calls that were charged for, by their ids.
    pub charges: BTreeSet<String>,
    pub film: Option<Film>,
    pub publication: Option<Publication>,
}

impl Production {
    fn new(owner: UserId, series: Option<SeriesId>, brief: VideoBrief) -> Self {
        Self {
            owner,
            series,
            brief,
            stage: Stage::FIRST,
            attempt: 0,
            running: false,
            failures: 0,
            interruptions: 0,
            retry_at: None,
            was_retried: false,
            script: None,
            speech: None,
            scenes: Vec::new(),
            images: BTreeMap::new(),
            jobs: Vec::new(),
            charges: BTreeSet::new(),
            film: None,
            publication: None,
        }
    }

    /// Whether a worker on `attempt` at `stage` still holds it.
    pub fn is_current(&self, stage: Stage, attempt: u32) -> bool {
        self.running && self.stage == stage && self.attempt == attempt
    }

    /// The job that `provider` is at for this stage, or for a scene of it.
    pub fn job(&self, provider: &str, scene: Option<u16>) -> Option<&String> {
        let theirs = |job: &&ProviderJob| job.provider == provider && job.scene == scene;
        self.jobs.iter().find(theirs).map(|job| &job.id)
    }

    fn forget_job(&mut self, provider: &str, scene: Option<u16>) {
        self.jobs
            .retain(|job| job.provider != provider || job.scene != scene);
    }

    /// Scenes that still want a picture, by number.
    pub fn missing_images(&self) -> impl Iterator<Item = u16> + '_ {
        (0u16..)
            .take(self.scenes.len())
            .filter(|scene| !self.images.contains_key(scene))
    }

    fn enter(&mut self, stage: Stage) {
        self.stage = stage;
        self.attempt = 0;
        self.running = false;
        self.failures = 0;
        self.interruptions = 0;
        self.retry_at = None;
    }

    fn keep(&mut self, output: &StageOutput) {
        match output {
            StageOutput::Script(script) => self.script = Some(script.clone()),
            StageOutput::Speech(speech) => self.speech = Some(speech.clone()),
            StageOutput::Segmentation { scenes } => self.scenes.clone_from(scenes),
            StageOutput::Images {} => {}
            StageOutput::Assembly(film) => self.film = Some(film.clone()),
            StageOutput::Upload(publication) => self.publication = Some((**publication).clone()),
        }
        if let Some(next) = output.stage().next() {
            self.jobs.clear();
            self.enter(next);
        }
    }
}

impl Video {
    /// The production, whatever has become of it.
    pub fn production(&self) -> Option<&Production> {
        match self {
            Self::Absent | Self::Deleted { .. } => None,
            Self::Generating(p) | Self::Ready(p) | Self::Failed(p) | Self::Cancelled(p) => Some(p),
        }
    }

    /// Whether the log has what this call costs.
    pub(super) fn has_charge(&self, call: &str) -> bool {
        let charges = self.production().map(|production| &production.charges);
        charges.is_some_and(|charges| charges.contains(call))
    }

    fn charged(mut self, call: &str) -> Self {
        if let Self::Generating(p) | Self::Ready(p) | Self::Failed(p) | Self::Cancelled(p) =
            &mut self
        {
            p.charges.insert(call.to_owned());
        }
        self
    }

    /// The production while workers may go on with it.
    pub fn generating(&self) -> Option<&Production> {
        match self {
            Self::Generating(production) => Some(production),
            _ => None,
        }
    }
}

pub(super) fn evolve(video: Video, event: &VideoEvent) -> Video {
    use VideoEvent as E;
    match (video, event) {
        (
            _,
            E::Requested {
                owner,
                series,
                brief,
            },
        ) => Video::Generating(Box::new(Production::new(*owner, *series, brief.clone()))),
        (video, E::Deleted {}) => match video.owner() {
            Some(owner) => Video::Deleted { owner },
            None => Video::Absent,
        },
        (video, E::ProviderCharged(charge)) => video.charged(&charge.call),
        (Video::Generating(mut production), event) => {
            match event {
                E::StageStarted { attempt, .. } => {
                    production.interruptions += u32::from(production.running);
                    production.attempt = *attempt;
                    production.running = true;
                    production.retry_at = None;
                }
                E::StageReleased { .. } => production.running = false,
                E::ProviderJobStarted(job) => {
                    production.forget_job(&job.provider, job.scene);
                    production.jobs.push(job.clone());
                }
                E::ProviderSwitched(switch) => production.forget_job(&switch.from, switch.scene),
                E::SceneImageGenerated { scene, image, .. } => {
                    production.images.insert(*scene, image.clone());
                    production.jobs.retain(|job| job.scene != Some(*scene));
                }
                E::StageCompleted(output) => production.keep(output),
                E::StageFailed { retry_at, .. } => {
                    production.running = false;
                    production.retry_at = *retry_at;
                    production.failures += 1;
                }
                E::Ready {} => return Video::Ready(production),
                E::Failed { .. } => return Video::Failed(production),
                E::Cancelled { .. } => return Video::Cancelled(production),
                E::Retried { .. } | E::Requested { .. } | E::ProviderCharged(_) | E::Deleted {} => {
                }
            }
            Video::Generating(production)
        }
        (
            Video::Failed(mut production) | Video::Cancelled(mut production),
            E::Retried { stage },
        ) => {
            let attempt = production.attempt;
            production.enter(*stage);
            production.attempt = attempt;
            production.was_retried = true;
            Video::Generating(production)
        }
        (Video::Failed(production), E::Cancelled { .. }) => Video::Cancelled(production),
        (unchanged, _) => unchanged,
    }
}
