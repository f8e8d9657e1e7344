use async_trait::async_trait;
use bytes::Bytes;
use domain::Provider;
use domain::settings::Mood;

use crate::{Observer, ProviderError};

/// Plays a quiet bed of music.
#[async_trait]
pub trait MusicMaker: Send + Sync {
    /// Short stable name: `offline`, ...
    fn name(&self) -> &str;

    async fn play(
        &self,
        request: &MusicRequest,
        observer: &Observer,
    ) -> Result<PlayedMusic, ProviderError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MusicRequest {
    pub mood: Mood,
    pub duration_ms: u32,
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PlayedMusic {
    /// A RIFF WAVE file at least as long as was asked for.
    pub wav: Bytes,
    pub provider: Provider,
}
