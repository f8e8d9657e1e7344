use async_trait::async_trait;
use domain::Topic;
use domain::settings::{Language, Niche, SpeechSpeed, TargetDuration};
use domain::video::VideoBrief;
use domain::video::output::Script;

use crate::{Observer, ProviderError};

/// Writes the narration of a video.
#[async_trait]
pub trait ScriptWriter: Send + Sync {
    /// Short stable name: `offline`, `openai`, ...
    fn name(&self) -> &str;

    /// A script whose narration, read at the wanted speed, lasts about the
    /// wanted duration.
    async fn write(
        &self,
        request: &ScriptRequest,
        observer: &Observer,
    ) -> Result<Script, ProviderError>;
}

/// The same request with the same seed gives the same script, where the
/// provider can promise it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptRequest {
    pub topic: Topic,
    pub niche: Niche,
    pub duration: TargetDuration,
    pub language: Language,
    pub speed: SpeechSpeed,
    pub seed: u64,
}

impl From<&VideoBrief> for ScriptRequest {
    fn from(brief: &VideoBrief) -> Self {
        Self {
            topic: brief.topic.clone(),
            niche: brief.settings.niche,
            duration: brief.settings.duration,
            language: brief.settings.language,
            speed: brief.settings.speed,
            seed: brief.seed,
        }
    }
}
