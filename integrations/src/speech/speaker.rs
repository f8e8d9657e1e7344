use std::sync::Arc;

use async_trait::async_trait;
use domain::settings::VoiceId;
use domain::{Microusd, Provider, Usage};

use super::align::align;
use super::model::{Piece, SpeechModel};
use super::narration::Narration;
use super::pieces::pieces;
use super::{SpeechMaker, SpeechRequest, SpokenAudio, VoiceInfo};
use crate::journal::PriceList;
use crate::vendor::{PriceError, Prices};
use crate::{Observer, ProviderError};

/// Characters of a piece: below what any model takes, and few enough that a slow
/// voice stays under the 25 MB that can be transcribed at once, also in Chinese,
/// of which three or four characters are spoken a second.
const PIECE_CHARACTERS: usize = 1_500;
/// Characters of the text around a piece, by which a model finds its tone.
const CONTEXT_CHARACTERS: usize = 300;

/// Speaks with a model of somebody else.
pub struct ModelSpeaker<M> {
    model: M,
    /// One for each of the model's `models`.
    prices: Arc<PriceList>,
}

impl<M: SpeechModel> ModelSpeaker<M> {
    /// # Errors
    /// [`PriceError::Unknown`] for a model whose costs could not be told.
    pub fn try_new(model: M, prices: &Prices) -> Result<Self, PriceError> {
        let prices = model
            .models()
            .into_iter()
            .map(|name| Ok((name.to_owned(), prices.of(model.name(), name)?)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            model,
            prices: Arc::new(prices),
        })
    }

    fn check(&self, request: &SpeechRequest) -> Result<(), ProviderError> {
        if !request.text.contains(char::is_alphanumeric) {
            return Err(ProviderError::InvalidInput {
                field: "text",
                problem: "has nothing to speak".to_owned(),
                remedy: "write at least one word or number".to_owned(),
            });
        }
        let (speed, speeds) = (request.speed.percent(), self.model.speeds());
        if !speeds.contains(&speed) {
            return Err(ProviderError::InvalidInput {
                field: "speedPercent",
                problem: format!("{speed} is out of the range of {}", self.model.name()),
                remedy: format!("choose {} to {}", speeds.start(), speeds.end()),
            });
        }
        Ok(())
    }

    fn provider(&self, usage: Vec<Usage>) -> Provider {
        let costs = self.prices.iter().zip(&usage);
        let costs = costs.map(|((_, price), used)| price.cost(&[*used]));
        Provider {
            name: self.model.name().to_owned(),
            model: self.model.models().join(" + "),
            cost: costs.sum::<Microusd>(),
            usage,
            prompt: None,
        }
    }
}

#[async_trait]
impl<M: SpeechModel> SpeechMaker for ModelSpeaker<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        self.model.voices().await
    }

    fn may_know(&self, voice: &VoiceId) -> bool {
        self.model.may_know(voice)
    }

    async fn speak(
        &self,
        request: &SpeechRequest,
        observer: &Observer,
    ) -> Result<SpokenAudio, ProviderError> {
        self.check(request)?;
        let paying = observer.priced(&self.prices);
        let text = request.text.as_str();
        let all_words = text.split_whitespace().count() as u64;
        let mut narration = Narration::default();
        let mut usage: Vec<Usage> = Vec::new();
        for place in pieces(text, PIECE_CHARACTERS)? {
            let piece = Piece {
                text: &text[place.clone()],
                before: last_of(text[..place.start].trim()),
                after: first_of(text[place.end..].trim()),
                request,
            };
            let said = self.model.say(&piece, &paying).await?;
            add(&mut usage, said.usage);
            let words: Vec<_> = piece.text.split_whitespace().collect();
            let words = align(&words, &said.heard, said.sound.duration_ms())?;
            // It stays, whatever becomes of the pieces after it.
            observer.journal().inspect(|journal| journal.accept());
            narration.push(said.sound, words);
            observer.progress(narration.words.len() as u64, all_words);
        }
        Ok(SpokenAudio {
            wav: narration.sound.to_wav(),
            duration_ms: narration.sound.duration_ms(),
            words: narration.words,
            provider: self.provider(usage),
        })
    }
}

fn add(usage: &mut Vec<Usage>, more: Vec<Usage>) {
    if usage.is_empty() {
        *usage = more;
        return;
    }
    for (used, more) in usage.iter_mut().zip(more) {
        used.amount += more.amount;
    }
}

fn first_of(text: &str) -> &str {
    let end = text.char_indices().nth(CONTEXT_CHARACTERS);
    end.map_or(text, |(end, _)| &text[..end])
}

fn last_of(text: &str) -> &str {
    let start = text.char_indices().nth_back(CONTEXT_CHARACTERS - 1);
    start.map_or(text, |(start, _)| &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_what_is_nearest() {
        let long = "é".repeat(CONTEXT_CHARACTERS - 1);
        assert_eq!(first_of(&format!("{long}ab")), format!("{long}a"));
        assert_eq!(last_of(&format!("ab{long}")), format!("b{long}"));
        assert_eq!((first_of("ab"), last_of("ab")), ("ab", "ab"));
    }
}
