//! What a voice that costs nothing sounds like.

use accounts::Visit;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::MediaKey;
use domain::settings::{Language, SpeechSpeed, VoiceId};
use integrations::media::{Body, MediaError};
use integrations::speech::{Preview, SpeechRequest, VoiceInfo};
use integrations::{Observer, ProviderError};

use super::Served;
use super::answer::{problem, unavailable};
use super::who::Known;
use crate::Api;

/// A few seconds of sound have less.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
enum Silent {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

pub(super) async fn get(
    State(served): State<Served>,
    _: Known,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response {
    match sound(&served.api, &id).await {
        Ok(Some(sound)) => {
            let headers = [
                (header::CONTENT_TYPE, "audio/wav"),
                (header::CACHE_CONTROL, "private, max-age=86400"),
            ];
            (headers, sound).into_response()
        }
        Ok(None) => {
            let message = "there is no such voice, or it cannot be heard for nothing";
            problem(StatusCode::NOT_FOUND, "NOT_FOUND", message)
        }
        Err(error) => unavailable(visit.correlation_id, &error),
    }
}

/// Spoken once, then kept. None for a voice that is not there or costs.
async fn sound(api: &Api, id: &str) -> Result<Option<Bytes>, Silent> {
    let Ok(id) = VoiceId::try_new(id) else {
        return Ok(None);
    };
    let voices = api.providers.speech.voices().await?;
    let mut free = voices
        .into_iter()
        .filter(|voice| voice.preview == Preview::Free);
    let Some(voice) = free.find(|voice| voice.id == id) else {
        return Ok(None);
    };
    let Ok(key) = MediaKey::try_new(format!("voices/{}.wav", id.as_str())) else {
        return Ok(None);
    };
    match api.media.get(&key, MAX_BYTES).await {
        Err(MediaError::NotFound { .. }) => {}
        kept => return Ok(Some(kept?)),
    }
    let sound = spoken(api, voice).await?;
    let body = Body::Bytes(sound.clone());
    api.media.put(&key, body, &Observer::silent()).await?;
    Ok(Some(sound))
}

async fn spoken(api: &Api, voice: VoiceInfo) -> Result<Bytes, ProviderError> {
    let makers = api
        .providers
        .speech
        .those(|maker| maker.may_know(&voice.id));
    let request = SpeechRequest {
        text: format!("I am {}. This is how your film will sound.", voice.name),
        voice: voice.id,
        speed: SpeechSpeed::default(),
        language: Language::English,
        seed: 0,
    };
    let spoken = makers.first().speak(&request, &Observer::silent()).await?;
    Ok(spoken.wav)
}
