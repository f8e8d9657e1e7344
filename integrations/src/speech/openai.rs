mod transcription;

use std::ops::RangeInclusive;

use async_trait::async_trait;
use domain::settings::{Language, VoiceId};
use domain::{Usage, UsageUnit};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::model::{Piece, Said, SpeechModel};
use super::narration::Sound;
use super::{Preview, SpeechRequest, VoiceInfo};
use crate::journal::Call;
use crate::openai::{NAME, failure};
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

/// As many as may be sent to be transcribed.
const ANSWER_BYTES: usize = 25 * 1024 * 1024;

/// Every voice, and whether the first two models, `tts-1` and `tts-1-hd`, have it.
/// <https://platform.openai.com/docs/guides/text-to-speech>
const VOICES: [(&str, bool); 13] = [
    ("alloy", true),
    ("ash", true),
    ("ballad", false),
    ("cedar", false),
    ("coral", true),
    ("echo", true),
    ("fable", true),
    ("marin", false),
    ("nova", true),
    ("onyx", true),
    ("sage", true),
    ("shimmer", true),
    ("verse", false),
];

/// Speech of OpenAI, and a transcription of it that says when each word is heard:
/// <https://platform.openai.com/docs/api-reference/audio>
pub struct OpenAiSpeech {
    model: String,
    transcription_model: String,
    account: Account,
    caller: Caller,
}

impl OpenAiSpeech {
    /// Word times are what `whisper-1` gives, and no other model of OpenAI so far.
    pub fn try_new(
        model: impl Into<String>,
        transcription_model: impl Into<String>,
        account: Account,
    ) -> Result<Self, ProviderError> {
        Ok(Self {
            model: model.into(),
            transcription_model: transcription_model.into(),
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
        })
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let request = self.caller.request(Method::POST, path);
        match &self.account.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    fn speakers(&self) -> impl Iterator<Item = &'static str> {
        let is_first = self.model.starts_with("tts-1");
        VOICES
            .into_iter()
            .filter(move |(_, is_of_first)| *is_of_first || !is_first)
            .map(|(name, _)| name)
    }

    fn check_voice(&self, wanted: &VoiceId) -> Result<(), ProviderError> {
        if self.speakers().any(|name| name == wanted.as_str()) {
            return Ok(());
        }
        let known: Vec<_> = self.speakers().collect();
        Err(ProviderError::InvalidInput {
            field: "voice",
            problem: format!("{:?} is not a voice of {}", wanted.as_str(), self.model),
            remedy: format!("choose one of {}", known.join(", ")),
        })
    }

    fn body(&self, text: &str, request: &SpeechRequest) -> Value {
        let mut body = json!({
            "model": self.model,
            "input": text,
            "voice": request.voice.as_str(),
            // The header of `wav` does not know how long it is when it is sent.
            "response_format": "pcm",
        });
        if request.speed.percent() != 100 {
            body["speed"] = (f64::from(request.speed.percent()) / 100.0).into();
        }
        body
    }
}

#[async_trait]
impl SpeechModel for OpenAiSpeech {
    fn name(&self) -> &str {
        NAME
    }

    fn models(&self) -> Vec<&str> {
        vec![&self.model, &self.transcription_model]
    }

    fn speeds(&self) -> RangeInclusive<u16> {
        25..=400
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        let voices = self.speakers().filter_map(|name| {
            Some(VoiceInfo {
                id: VoiceId::try_new(name).ok()?,
                name: name[..1].to_uppercase() + &name[1..],
                languages: Language::ALL.to_vec(),
                description: "a voice of OpenAI".to_owned(),
                preview: Preview::None,
            })
        });
        Ok(voices.collect())
    }

    fn may_know(&self, voice: &VoiceId) -> bool {
        self.speakers().any(|name| name == voice.as_str())
    }

    async fn say(&self, piece: &Piece<'_>, observer: &Observer) -> Result<Said, ProviderError> {
        let asked = piece.request;
        self.check_voice(&asked.voice)?;
        let body = self.body(piece.text, asked);
        let characters = Usage {
            unit: UsageUnit::Characters,
            amount: piece.text.chars().count() as u64,
        };
        let called = body.to_string();
        let call = Call::new(NAME, &self.model, &[called.as_bytes()], vec![characters]);
        let request = self.post("audio/speech").json(&body);
        let used = |_: &Answer| Some(vec![characters]);
        let answer = self.caller.buy(&call, request, observer, used).await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, &self.model));
        }
        check_is_sound(&answer)?;
        let sound = Sound::from_pcm(&answer.body)?;
        let transcript = self.transcribe(&sound, asked.language, observer).await?;
        Ok(Said {
            usage: vec![characters, transcript.billed],
            heard: transcript.heard,
            sound,
        })
    }
}

/// Any bytes are samples; only the header tells an explanation from a sound.
fn check_is_sound(answer: &Answer) -> Result<(), ProviderError> {
    let kind = answer.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/") || kind.starts_with("application/json") {
        return Err(ProviderError::Malformed {
            problem: "it is no sound".to_owned(),
        });
    }
    Ok(())
}
