use async_trait::async_trait;
use bytes::Bytes;
use domain::Provider;
use domain::settings::{Language, SpeechSpeed, VoiceId};
use domain::video::output::SpokenWord;

use crate::{Observer, ProviderError};

/// Speaks a text, and says when each of its words is heard.
#[async_trait]
pub trait SpeechMaker: Send + Sync {
    /// Short stable name: `offline`, `elevenlabs`, ...
    fn name(&self) -> &str;

    /// The voices that [`speak`](Self::speak) accepts now.
    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError>;

    /// False when `voice` is certainly none of its own. The voice decides who
    /// speaks: nobody is asked to speak with another's.
    fn may_know(&self, voice: &VoiceId) -> bool;

    async fn speak(
        &self,
        request: &SpeechRequest,
        observer: &Observer,
    ) -> Result<SpokenAudio, ProviderError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceInfo {
    pub id: VoiceId,
    pub name: String,
    /// What it speaks.
    pub languages: Vec<Language>,
    /// For people who choose: `warm, unhurried`.
    pub description: String,
    pub preview: Preview,
}

/// How a voice can be heard before it is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preview {
    /// The address of a sound file.
    At(String),
    /// By having it speak: this costs nothing.
    Free,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpeechRequest {
    pub text: String,
    pub voice: VoiceId,
    pub speed: SpeechSpeed,
    pub language: Language,
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SpokenAudio {
    /// A RIFF WAVE file, mono or stereo.
    pub wav: Bytes,
    pub duration_ms: u32,
    /// The request's own words, as many as it holds between white space, in
    /// order, none before the last has begun, all within the duration.
    pub words: Vec<SpokenWord>,
    pub provider: Provider,
}
