//! What each stage leaves behind: the checkpoints a restart resumes from.

use serde::{Deserialize, Serialize};

use crate::settings::Mood;
use crate::{Asset, Failure, Microusd, PriceSource, Provider, Stage, Usage};

/// The narration, with the picture each part wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Script {
    pub title: String,
    pub description: String,
    /// Without the `#`.
    pub hashtags: Vec<String>,
    pub scenes: Vec<ScriptScene>,
    /// Where the facts come from; empty when the script claims none.
    pub sources: Vec<ScriptSource>,
    /// What the music should feel like.
    pub mood: Mood,
    pub provider: Provider,
}

impl Script {
    /// Everything that is spoken, in order.
    pub fn narration(&self) -> String {
        let texts: Vec<_> = self.scenes.iter().map(|scene| scene.text.trim()).collect();
        texts.join(" ")
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptScene {
    /// What is said.
    pub text: String,
    /// What is seen, in plain words.
    pub visual: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScriptSource {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The narration as sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speech {
    pub audio: Asset,
    pub duration_ms: u32,
    /// The script's own words in order, each when it is spoken.
    pub words: Vec<SpokenWord>,
    pub provider: Provider,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpokenWord {
    pub text: String,
    pub start_ms: u32,
    pub end_ms: u32,
}

/// A stretch of the film with one picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    pub start_ms: u32,
    pub end_ms: u32,
    pub text: String,
    pub visual: String,
    /// The picture that its user brought, so that none is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_picture: Option<Asset>,
}

/// The finished film, before it is put where people fetch it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Film {
    pub asset: Asset,
    pub duration_ms: u32,
    pub width: u32,
    pub height: u32,
    pub integrated_lufs: f64,
    pub true_peak_dbtp: f64,
    pub provider: Provider,
}

/// The finished video, where people fetch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    pub video: Asset,
    /// As JPEG.
    pub thumbnail: Asset,
    /// The same as WebP; films that were uploaded long ago have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_webp: Option<Asset>,
    /// Captions as SubRip.
    pub captions_srt: Asset,
    /// Captions as WebVTT.
    pub captions_vtt: Asset,
}

impl Publication {
    pub fn files(&self) -> impl Iterator<Item = &Asset> {
        [
            &self.video,
            &self.thumbnail,
            &self.captions_srt,
            &self.captions_vtt,
        ]
        .into_iter()
        .chain(&self.thumbnail_webp)
    }
}

/// A job that a provider works on by itself, under an id by which it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderJob {
    pub stage: Stage,
    pub attempt: u32,
    /// The scene that it is for, in a stage that works by scenes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<u16>,
    /// As in [`Provider::name`].
    pub provider: String,
    /// As the provider calls it.
    pub id: String,
}

/// Why another provider is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSwitch {
    pub stage: Stage,
    pub attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<u16>,
    pub from: String,
    pub to: String,
    pub failure: Failure,
}

/// What one call of a provider costs, whatever came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderCharge {
    /// The same call has the same id, however often it is told of.
    pub call: String,
    pub stage: Stage,
    pub attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<u16>,
    /// As in [`Provider::name`].
    pub provider: String,
    /// As the provider calls it.
    pub model: String,
    pub usage: Vec<Usage>,
    pub cost: Microusd,
    /// Where the prices are from; absent for what has none, such as a server of
    /// one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceSource>,
    /// The provider did not say what was used: this is the most it can be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_estimate: bool,
}

/// What a worker hands over when its stage is done.
#[derive(Debug, Clone, PartialEq)]
pub enum StageResult {
    Script(Script),
    Speech(Speech),
    /// Every scene has its picture already; this says that was all.
    Images,
    Assembly(Film),
    Upload(Box<Publication>),
}

impl StageResult {
    pub fn stage(&self) -> Stage {
        match self {
            Self::Script(_) => Stage::Script,
            Self::Speech(_) => Stage::Speech,
            Self::Images => Stage::Images,
            Self::Assembly(_) => Stage::Assembly,
            Self::Upload(_) => Stage::Upload,
        }
    }
}

/// What is recorded of a completed stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", content = "output")]
pub enum StageOutput {
    #[serde(rename = "script")]
    Script(Script),
    #[serde(rename = "speech")]
    Speech(Speech),
    #[serde(rename = "segmentation")]
    Segmentation { scenes: Vec<Scene> },
    #[serde(rename = "images")]
    Images {},
    #[serde(rename = "assembly")]
    Assembly(Film),
    #[serde(rename = "upload")]
    Upload(Box<Publication>),
}

impl StageOutput {
    pub fn stage(&self) -> Stage {
        match self {
            Self::Script(_) => Stage::Script,
            Self::Speech(_) => Stage::Speech,
            Self::Segmentation { .. } => Stage::Segmentation,
            Self::Images {} => Stage::Images,
            Self::Assembly(_) => Stage::Assembly,
            Self::Upload(_) => Stage::Upload,
        }
    }
}
