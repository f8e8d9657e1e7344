use std::ops::RangeInclusive;

use async_trait::async_trait;
use domain::Usage;
use domain::settings::VoiceId;

use super::align::Heard;
use super::narration::Sound;
use super::{SpeechRequest, VoiceInfo};
use crate::{Observer, ProviderError};

/// A model that speaks a piece of text at a time.
///
/// What differs between providers is behind it. How a text is cut, joined and
/// timed is the same for all: [`ModelSpeaker`](super::ModelSpeaker).
#[async_trait]
pub trait SpeechModel: Send + Sync {
    /// Short stable name of who runs it: `elevenlabs`, `openai`, ...
    fn name(&self) -> &str;

    /// Each model that a piece costs, as whoever runs it calls it; the one with
    /// the voice first.
    fn models(&self) -> Vec<&str>;

    /// Percent of the voice's own pace.
    fn speeds(&self) -> RangeInclusive<u16>;

    /// See [`SpeechMaker::may_know`](super::SpeechMaker::may_know).
    fn may_know(&self, voice: &VoiceId) -> bool;

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError>;

    async fn say(&self, piece: &Piece<'_>, observer: &Observer) -> Result<Said, ProviderError>;
}

/// So much of a text as is spoken in one call.
pub struct Piece<'a> {
    pub(crate) text: &'a str,
    /// What was spoken just before, and what comes just after.
    pub(crate) before: &'a str,
    pub(crate) after: &'a str,
    /// Whose voice, speed, language and seed are wanted.
    pub(crate) request: &'a SpeechRequest,
}

pub struct Said {
    pub(crate) sound: Sound,
    /// Words as the provider has them, which need not be the script's.
    pub(crate) heard: Vec<Heard>,
    /// Of each of [`SpeechModel::models`], in their order.
    pub(crate) usage: Vec<Usage>,
}
