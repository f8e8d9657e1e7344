use async_trait::async_trait;
use domain::Provider;

use super::{MusicMaker, MusicRequest, PlayedMusic};
use crate::offline::{NAME, compute};
use crate::{Observer, ProviderError};

/// Recorded with each bed: how it was made.
const MODEL: &str = "composed";

/// Plays pieces of its own making.
pub struct OfflineMusic;

#[async_trait]
impl MusicMaker for OfflineMusic {
    fn name(&self) -> &str {
        NAME
    }

    async fn play(
        &self,
        request: &MusicRequest,
        observer: &Observer,
    ) -> Result<PlayedMusic, ProviderError> {
        let mood = request.mood.slug().parse().map_err(|_| unknown(request))?;
        let request = offline_music::MusicRequest {
            mood,
            duration_ms: u64::from(request.duration_ms),
            seed: request.seed,
        };
        compute(observer, move |observer| {
            let music = offline_music::play(&request);
            observer.progress(1, 1);
            Ok(PlayedMusic {
                wav: music.to_wav().into(),
                provider: Provider::offline(MODEL),
            })
        })
        .await
    }
}

fn unknown(request: &MusicRequest) -> ProviderError {
    let known = offline_music::Mood::ALL.map(offline_music::Mood::name);
    ProviderError::InvalidInput {
        field: "mood",
        problem: format!("{} is not played offline", request.mood),
        remedy: format!("choose one of {}", known.join(", ")),
    }
}
