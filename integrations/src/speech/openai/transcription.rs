use domain::settings::Language;
use domain::{Usage, UsageUnit};
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use super::OpenAiSpeech;
use crate::journal::Call;
use crate::openai::{NAME, failure};
use crate::speech::align::{Heard, whole_ms};
use crate::speech::narration::Sound;
use crate::vendor::Answer;
use crate::{Observer, ProviderError};

pub(super) struct Transcript {
    pub(super) heard: Vec<Heard>,
    /// Of the sound, as it is charged for.
    pub(super) billed: Usage,
}

#[derive(Deserialize)]
struct Answered {
    words: Option<Vec<Word>>,
    usage: Option<Billed>,
}

/// Times are in seconds.
#[derive(Deserialize)]
struct Word {
    word: String,
    start: f64,
    end: f64,
}

#[derive(Deserialize)]
struct Billed {
    seconds: Option<f64>,
}

impl OpenAiSpeech {
    pub(super) async fn transcribe(
        &self,
        sound: &Sound,
        language: Language,
        observer: &Observer,
    ) -> Result<Transcript, ProviderError> {
        let wav = sound.to_wav();
        let model = &self.transcription_model;
        let asked = [language.slug().as_bytes(), &wav];
        let heard = milliseconds(sound.duration_ms());
        let call = Call::new(NAME, model, &asked, vec![heard]);
        let wav = Part::stream(wav).file_name("speech.wav");
        let wav = wav.mime_str("audio/wav").expect("it is a content type");
        let form = Form::new()
            .text("model", model.clone())
            .text("response_format", "verbose_json")
            .text("timestamp_granularities[]", "word")
            .text("language", language.slug())
            .part("file", wav);
        let request = self.post("audio/transcriptions").multipart(form);
        let used = |answer: &Answer| Some(vec![answer.json::<Answered>().ok()?.billed()?]);
        let answer = self.caller.buy(&call, request, observer, used).await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, model));
        }
        let answered: Answered = answer.json()?;
        let billed = answered.billed().unwrap_or(heard);
        let words = answered.words.ok_or_else(|| ProviderError::Malformed {
            problem: "it does not say when each word is heard".to_owned(),
        })?;
        Ok(Transcript {
            heard: words.into_iter().map(Word::heard).collect(),
            billed,
        })
    }
}

impl Answered {
    fn billed(&self) -> Option<Usage> {
        let seconds = self.usage.as_ref()?.seconds?;
        Some(milliseconds(whole_ms(seconds)))
    }
}

fn milliseconds(amount: u32) -> Usage {
    Usage {
        unit: UsageUnit::AudioMilliseconds,
        amount: amount.into(),
    }
}

impl Word {
    fn heard(self) -> Heard {
        Heard {
            text: self.word,
            start_ms: whole_ms(self.start),
            end_ms: whole_ms(self.end),
        }
    }
}
