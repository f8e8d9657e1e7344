//! What was spent for a video, one line a call.

use chrono::{DateTime, Utc};
use domain::video::VideoEvent;
use domain::video::output::StageOutput;
use domain::{Microusd, PriceSource, Provider, Stage, Usage};
use event_store::RecordedEvent;
use serde::{Deserialize, Serialize};

use super::VideoView;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    pub stage: Stage,
    /// Absent of what was recorded before calls were charged one by one.
    pub attempt: Option<u32>,
    pub scene: Option<u16>,
    pub provider: String,
    pub model: String,
    pub usage: Vec<Usage>,
    pub cost: Microusd,
    pub price: Option<PriceSource>,
    /// The provider did not say what was used: this is the most it can be.
    pub is_estimate: bool,
    pub at: DateTime<Utc>,
}

impl CostLine {
    /// What `event` says was spent, for a video that is `view`, while there is one.
    ///
    /// Before calls were charged one by one, what a thing cost stood with the
    /// thing; it does so still, and then it was charged before.
    pub(super) fn of(
        event: &VideoEvent,
        recorded: &RecordedEvent,
        view: Option<&VideoView>,
    ) -> Option<Self> {
        let at = recorded.metadata.occurred_at;
        let (stage, scene, made_by) = match event {
            VideoEvent::ProviderCharged(charge) => {
                let charge = charge.clone();
                return Some(Self {
                    stage: charge.stage,
                    attempt: Some(charge.attempt),
                    scene: charge.scene,
                    provider: charge.provider,
                    model: charge.model,
                    usage: charge.usage,
                    cost: charge.cost,
                    price: charge.price,
                    is_estimate: charge.is_estimate,
                    at,
                });
            }
            VideoEvent::SceneImageGenerated {
                scene, provider, ..
            } => (Stage::Images, Some(*scene), provider),
            VideoEvent::StageCompleted(output) => (output.stage(), None, maker_of(output)?),
            _ => return None,
        };
        let is_charged =
            |line: &Self| (line.stage, line.scene, &line.provider) == (stage, scene, &made_by.name);
        if made_by.cost == Microusd::ZERO || view?.costs.iter().any(is_charged) {
            return None;
        }
        Some(Self {
            stage,
            attempt: None,
            scene,
            provider: made_by.name.clone(),
            model: made_by.model.clone(),
            usage: made_by.usage.clone(),
            cost: made_by.cost,
            price: None,
            is_estimate: false,
            at,
        })
    }
}

fn maker_of(output: &StageOutput) -> Option<&Provider> {
    match output {
        StageOutput::Script(script) => Some(&script.provider),
        StageOutput::Speech(speech) => Some(&speech.provider),
        StageOutput::Assembly(film) => Some(&film.provider),
        StageOutput::Segmentation { .. } | StageOutput::Images {} | StageOutput::Upload(_) => None,
    }
}
