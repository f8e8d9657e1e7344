//! What a video is made of.

use async_graphql::SimpleObject;
use domain::video::output::{self, SpokenWord};
use domain::{Asset, Provider};
use projections::video::SceneView;

/// The path of the route that serves `asset`.
pub(super) fn url(asset: &Asset) -> String {
    format!("/media/{}", asset.key)
}

/// The narration, as it was written.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Script {
    title: String,
    /// Everything that is spoken.
    narration: String,
    scenes: Vec<ScriptScene>,
    /// Where its facts come from.
    sources: Vec<Source>,
    written_by: Maker,
    /// Written on this machine, without a language model.
    is_offline: bool,
}

impl From<&output::Script> for Script {
    fn from(script: &output::Script) -> Self {
        let scene = |scene: &output::ScriptScene| ScriptScene {
            text: scene.text.clone(),
            visual: scene.visual.clone(),
        };
        let source = |source: &output::ScriptSource| Source {
            title: source.title.clone(),
            url: source.url.clone(),
        };
        Self {
            title: script.title.clone(),
            narration: script.narration(),
            scenes: script.scenes.iter().map(scene).collect(),
            sources: script.sources.iter().map(source).collect(),
            written_by: (&script.provider).into(),
            is_offline: script.provider.is_offline(),
        }
    }
}

/// A part of the script that has a picture of its own.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ScriptScene {
    /// What is said.
    text: String,
    /// What is seen, in plain words.
    visual: String,
}

/// Where a fact comes from.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Source {
    title: String,
    url: Option<String>,
}

/// Who made a part of a video, and what it cost.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Maker {
    /// Short and stable: `offline`, `openai`.
    name: String,
    /// Model or method, as the provider calls it.
    model: String,
    /// In millionths of a US dollar.
    cost_microusd: u64,
}

impl From<&Provider> for Maker {
    fn from(provider: &Provider) -> Self {
        Self {
            name: provider.name.clone(),
            model: provider.model.clone(),
            cost_microusd: provider.cost.0,
        }
    }
}

/// A stretch of the film with one picture.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Scene {
    /// From the film's beginning.
    start_ms: u32,
    /// From the film's beginning; where the next one starts.
    end_ms: u32,
    /// What is said.
    text: String,
    /// What is seen, in plain words.
    visual: String,
    /// Its picture, as soon as it is drawn.
    image_url: Option<String>,
}

impl From<&SceneView> for Scene {
    fn from(scene: &SceneView) -> Self {
        Self {
            start_ms: scene.start_ms,
            end_ms: scene.end_ms,
            text: scene.text.clone(),
            visual: scene.visual.clone(),
            image_url: scene.image.as_ref().map(url),
        }
    }
}

/// A word of the narration, when it is heard.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Word {
    text: String,
    start_ms: u32,
    end_ms: u32,
}

impl From<&SpokenWord> for Word {
    fn from(word: &SpokenWord) -> Self {
        Self {
            text: word.text.clone(),
            start_ms: word.start_ms,
            end_ms: word.end_ms,
        }
    }
}

/// The film as it was measured.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Film {
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
    bytes: u64,
    /// Integrated loudness, in LUFS.
    integrated_lufs: f64,
    /// The highest peak between samples, in dB below full scale.
    true_peak_dbtp: f64,
}

impl From<&output::Film> for Film {
    fn from(film: &output::Film) -> Self {
        Self {
            width: film.width,
            height: film.height,
            bytes: film.asset.bytes,
            integrated_lufs: film.integrated_lufs,
            true_peak_dbtp: film.true_peak_dbtp,
        }
    }
}
