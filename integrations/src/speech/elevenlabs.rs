mod alignment;
mod failure;
mod voices;

use std::ops::RangeInclusive;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::settings::{Language, VoiceId};
use domain::{Usage, UsageUnit};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use self::alignment::Alignment;
use self::failure::failure;
use self::voices::Listed;
use super::model::{Piece, Said, SpeechModel};
use super::narration::Sound;
use super::{SpeechRequest, VoiceInfo};
use crate::journal::Call;
use crate::vendor::{Account, Answer, Caller};
use crate::{Observer, ProviderError};

/// Samples at the narration's rate: they need no decoder, and every plan has
/// them, unlike those of 44.1 kHz.
const FORMAT: &str = "pcm_24000";
/// A piece in Chinese, spoken slowly, has eight minutes; base64 makes 31 MB of
/// them.
const ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// Somebody is looking at a form.
const VOICES_WITHIN: Duration = Duration::from_secs(10);

/// Text to speech of ElevenLabs, with the time of each character:
/// <https://elevenlabs.io/docs/api-reference/text-to-speech/convert-with-timestamps>
pub struct ElevenLabs {
    model: String,
    account: Account,
    caller: Caller,
    listed: Listed,
}

#[derive(Deserialize)]
struct Spoken {
    audio_base64: String,
    alignment: Option<Alignment>,
    normalized_alignment: Option<Alignment>,
}

impl ElevenLabs {
    pub const NAME: &str = "elevenlabs";
    pub const BASE: &str = "https://api.elevenlabs.io";

    pub fn try_new(model: impl Into<String>, account: Account) -> Result<Self, ProviderError> {
        Ok(Self {
            model: model.into(),
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
            listed: Listed::default(),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.caller.request(method, path);
        match &self.account.key {
            Some(key) => request.header("xi-api-key", key.expose_secret()),
            None => request,
        }
    }

    fn body(&self, piece: &Piece<'_>) -> Value {
        let SpeechRequest {
            speed,
            language,
            seed,
            ..
        } = piece.request;
        let mut body = json!({
            "text": piece.text,
            "model_id": self.model,
            // As many bits as the field takes.
            "seed": *seed as u32,
        });
        if speed.percent() != 100 {
            body["voice_settings"] = json!({ "speed": f64::from(speed.percent()) / 100.0 });
        }
        if self.takes_language() {
            body["language_code"] = language.slug().into();
        }
        if self.takes_context() {
            for (name, text) in [("previous_text", piece.before), ("next_text", piece.after)] {
                if !text.is_empty() {
                    body[name] = text.into();
                }
            }
        }
        body
    }

    /// The models of before 2.5 tell the language from the text.
    fn takes_language(&self) -> bool {
        self.model.contains("v2_5") || self.is_third()
    }

    /// The third generation refuses to be told what is around a piece.
    fn takes_context(&self) -> bool {
        !self.is_third()
    }

    fn is_third(&self) -> bool {
        self.model.starts_with("eleven_v3")
    }

    /// What the model speaks, whoever lends the voice.
    fn languages(&self) -> &'static [Language] {
        let english_only = [
            "eleven_flash_v2",
            "eleven_turbo_v2",
            "eleven_monolingual_v1",
        ];
        if english_only.contains(&self.model.as_str()) {
            return &[Language::English];
        }
        Language::ALL
    }
}

#[async_trait]
impl SpeechModel for ElevenLabs {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn models(&self) -> Vec<&str> {
        vec![&self.model]
    }

    /// Others are taken too, and spoken at the nearest of these without a word:
    /// <https://elevenlabs.io/docs/eleven-agents/customization/voice/speed-control>
    fn speeds(&self) -> RangeInclusive<u16> {
        70..=120
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        self.listed.get(self).await
    }

    /// Its ids are twenty letters and digits.
    fn may_know(&self, voice: &VoiceId) -> bool {
        let id = voice.as_str();
        id.len() == 20 && id.bytes().all(|b| b.is_ascii_alphanumeric())
    }

    async fn say(&self, piece: &Piece<'_>, observer: &Observer) -> Result<Said, ProviderError> {
        let voice = &piece.request.voice;
        let voice_in_path = utf8_percent_encode(voice.as_str(), NON_ALPHANUMERIC);
        let path =
            format!("v1/text-to-speech/{voice_in_path}/with-timestamps?output_format={FORMAT}");
        let body = self.body(piece);
        let asked = body.to_string();
        let asked = [voice.as_str().as_bytes(), asked.as_bytes()];
        let usage = vec![Usage {
            unit: UsageUnit::Characters,
            amount: piece.text.chars().count() as u64,
        }];
        let call = Call::new(Self::NAME, &self.model, &asked, usage.clone());
        let request = self.request(Method::POST, &path).json(&body);
        let used = |_: &Answer| Some(usage.clone());
        let answer = self.caller.buy(&call, request, observer, used).await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, &self.model, voice.as_str()));
        }
        let spoken: Spoken = answer.json()?;
        let malformed = |problem: &str| ProviderError::Malformed {
            problem: problem.to_owned(),
        };
        let pcm = BASE64_STANDARD.decode(&spoken.audio_base64);
        let pcm = pcm.map_err(|_| malformed("its sound is not base64"))?;
        // Of the text as it was read aloud, when there is none of it as written.
        let alignment = spoken.alignment.or(spoken.normalized_alignment);
        let alignment = alignment.ok_or_else(|| malformed("it does not say when it is heard"))?;
        Ok(Said {
            sound: Sound::from_pcm(&pcm)?,
            heard: alignment.words()?,
            usage,
        })
    }
}
