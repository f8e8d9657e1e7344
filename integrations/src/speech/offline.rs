use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::Provider;
use domain::settings::{Language, VoiceId};
use domain::video::output::SpokenWord;
use offline_speech::{Speech, SpeechError, Voice};

use super::{Preview, SpeechMaker, SpeechRequest, SpokenAudio, VoiceInfo};
use crate::offline::{NAME, compute, english_only};
use crate::{Observer, ProviderError};

/// Recorded with each narration: the model behind the voice.
const MODEL: &str = "hibari";

/// Speaks English with the voice inside the program.
#[derive(Default)]
pub struct OfflineSpeech {
    /// Loaded for the first narration, then kept.
    voice: Arc<Mutex<Option<Arc<Voice>>>>,
}

#[async_trait]
impl SpeechMaker for OfflineSpeech {
    fn name(&self) -> &str {
        NAME
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        Ok(offline_speech::voices().iter().filter_map(known).collect())
    }

    fn may_know(&self, voice: &VoiceId) -> bool {
        let mut known = offline_speech::voices().iter();
        known.any(|one| one.id == voice.as_str())
    }

    async fn speak(
        &self,
        request: &SpeechRequest,
        observer: &Observer,
    ) -> Result<SpokenAudio, ProviderError> {
        english_only(request.language, "the offline voice")?;
        check_voice(&request.voice)?;
        let (slot, request) = (Arc::clone(&self.voice), request.clone());
        compute(observer, move |observer| {
            let voice = loaded(&slot)?;
            let request = offline_speech::SpeechRequest {
                text: &request.text,
                speed: request.speed.factor(),
                seed: request.seed,
            };
            let cancelled = || observer.is_cancelled();
            let mut progress = |done, total| observer.progress(done as u64, total as u64);
            let speech = voice
                .speak(&request, &cancelled, &mut progress)
                .map_err(in_our_words)?;
            Ok(spoken(&speech))
        })
        .await
    }
}

fn known(voice: &offline_speech::VoiceInfo) -> Option<VoiceInfo> {
    let tag = voice.language.split('-').next().unwrap_or_default();
    Some(VoiceInfo {
        id: VoiceId::try_new(voice.id).ok()?,
        name: voice.name.to_owned(),
        languages: vec![tag.parse::<Language>().ok()?],
        description: voice.description.to_owned(),
        preview: Preview::Free,
    })
}

fn check_voice(wanted: &VoiceId) -> Result<(), ProviderError> {
    let known: Vec<_> = offline_speech::voices().iter().map(|v| v.id).collect();
    if known.contains(&wanted.as_str()) {
        return Ok(());
    }
    Err(ProviderError::InvalidInput {
        field: "voice",
        problem: format!("{:?} is not an offline voice", wanted.as_str()),
        remedy: format!("choose one of {}", known.join(", ")),
    })
}

fn loaded(slot: &Mutex<Option<Arc<Voice>>>) -> Result<Arc<Voice>, ProviderError> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(voice) = &*slot {
        return Ok(Arc::clone(voice));
    }
    let voice = Arc::new(Voice::load().map_err(in_our_words)?);
    *slot = Some(Arc::clone(&voice));
    Ok(voice)
}

fn spoken(speech: &Speech) -> SpokenAudio {
    let words = speech.words.iter().map(|word| SpokenWord {
        text: word.text.clone(),
        start_ms: word.start_ms,
        end_ms: word.end_ms,
    });
    SpokenAudio {
        wav: speech.to_wav().into(),
        duration_ms: speech.duration_ms(),
        words: words.collect(),
        provider: Provider::offline(MODEL),
    }
}

fn in_our_words(error: SpeechError) -> ProviderError {
    let invalid = |field, problem: String, remedy: &str| ProviderError::InvalidInput {
        field,
        problem,
        remedy: remedy.to_owned(),
    };
    match error {
        SpeechError::NothingToSpeak => invalid(
            "text",
            "has nothing to speak".to_owned(),
            "write at least one word or number",
        ),
        SpeechError::UnsupportedScript { script, sample } => invalid(
            "topic",
            format!(
                "is mostly in {script}, from {sample:?} on, and the offline voice knows English only"
            ),
            "write it in English",
        ),
        SpeechError::TextTooLong { characters, limit } => invalid(
            "text",
            format!("has {characters} characters; at most {limit} are spoken"),
            "shorten it",
        ),
        SpeechError::Speed { given, min, max } => invalid(
            "speedPercent",
            format!("{:.0} is out of range", given * 100.0),
            &format!("choose {:.0} to {:.0}", min * 100.0, max * 100.0),
        ),
        SpeechError::Cancelled => ProviderError::Cancelled,
        model @ SpeechError::Model { .. } => ProviderError::Unavailable {
            problem: model.to_string(),
        },
    }
}
