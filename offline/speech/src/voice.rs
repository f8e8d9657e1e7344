use crate::acoustic::AcousticModel;
use crate::chunks::{MAX_SYMBOLS, chunks};
use crate::joining::{Pause, Track};
use crate::noise::Noise;
use crate::phonemes::{Phonemizer, Symbol};
use crate::reading::pieces;
use crate::text::{Sentence, check_speakable, sentences};
use crate::timing::Timeline;
use crate::vocoder::Vocoder;
use crate::{SAMPLE_RATE, Speech, SpeechError};
use std::ops::RangeInclusive;

/// Speeds the voice still sounds natural at; 1 is its own pace, larger is faster.
pub const SPEEDS: RangeInclusive<f32> = 0.7..=1.3;

/// The longest text of one request, in characters: about 25 minutes of speech.
pub const MAX_CHARACTERS: usize = 20_000;

/// What to say and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeechRequest<'a> {
    /// English, at most [`MAX_CHARACTERS`]; an empty line is a longer pause.
    pub text: &'a str,
    /// Within [`SPEEDS`].
    pub speed: f32,
    /// The same seed gives the same sound.
    pub seed: u64,
}

/// A voice, loaded once and used from any thread.
pub struct Voice {
    phonemizer: Phonemizer,
    model: AcousticModel,
    vocoder: Vocoder,
}

impl Voice {
    /// Unpacks the model inside the program: about a third of a second, 150 MB.
    pub fn load() -> Result<Self, SpeechError> {
        Ok(Self {
            phonemizer: Phonemizer::load()?,
            model: AcousticModel::load()?,
            vocoder: Vocoder::new(),
        })
    }

    /// Speaks `request`. Blocks for about a thirtieth of the length of the sound.
    ///
    /// `cancel` is asked before each sentence; `progress` hears how many words
    /// of how many are spoken after each.
    pub fn speak(
        &self,
        request: &SpeechRequest,
        cancel: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Speech, SpeechError> {
        check(request)?;
        let sentences = sentences(request.text);
        let total = sentences.iter().map(|s| s.tokens.len()).sum();
        let read = sentences
            .iter()
            .map(|sentence| {
                self.phonemizer
                    .symbols(&pieces(&sentence.tokens, sentence.first))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let Some(last) = read.iter().rposition(|symbols| is_heard(symbols)) else {
            return Err(SpeechError::NothingToSpeak);
        };
        let mut track = Track::new(request.speed);
        let mut timeline = Timeline::new(total);
        let mut part = 0;
        for (at, (sentence, symbols)) in sentences.iter().zip(&read).enumerate() {
            let ranges = if is_heard(symbols) {
                chunks(symbols, MAX_SYMBOLS)
            } else {
                Vec::new()
            };
            for range in &ranges {
                if cancel() {
                    return Err(SpeechError::Cancelled);
                }
                let symbols = &symbols[range.clone()];
                let ids: Vec<i32> = symbols.iter().map(|symbol| symbol.id).collect();
                let frames = self.model.run(&ids, request.speed)?;
                let mut noise = Noise::new(request.seed, part);
                let sound = self.vocoder.sound(&frames, &mut noise);
                let pause = if Some(range) != ranges.last() {
                    Pause::Clause
                } else {
                    pause_after(sentence, at == last)
                };
                let place = track.push(&sound, pause);
                timeline.add(symbols, &frames, place);
                part += 1;
            }
            progress(sentence.first + sentence.tokens.len(), total);
        }
        let tokens = request.text.split_whitespace();
        let words = timeline.words(tokens, track.len());
        Ok(Speech {
            sample_rate: SAMPLE_RATE,
            samples: track.finish(),
            words,
        })
    }
}

fn check(request: &SpeechRequest) -> Result<(), SpeechError> {
    let characters = request.text.chars().count();
    if characters > MAX_CHARACTERS {
        return Err(SpeechError::TextTooLong {
            characters,
            limit: MAX_CHARACTERS,
        });
    }
    if !SPEEDS.contains(&request.speed) {
        return Err(SpeechError::Speed {
            given: request.speed,
            min: *SPEEDS.start(),
            max: *SPEEDS.end(),
        });
    }
    check_speakable(request.text)
}

fn is_heard(symbols: &[Symbol]) -> bool {
    symbols.iter().any(|symbol| symbol.token.is_some())
}

fn pause_after(sentence: &Sentence, is_last: bool) -> Pause {
    if is_last {
        Pause::End
    } else if sentence.ends_paragraph {
        Pause::Paragraph
    } else {
        Pause::Sentence
    }
}
