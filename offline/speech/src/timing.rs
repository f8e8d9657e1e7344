//! Puts the times the model gave its phonemes together into times of words.

use crate::acoustic::Frames;
use crate::joining::Place;
use crate::phonemes::Symbol;
use crate::vocoder::HOP;
use crate::{SAMPLE_RATE, Word};

/// How long before its first phoneme a word is heard: the model counts the
/// movement towards a sound into the space before it. Measured with
/// `tests/timing.rs`, where this leaves the mean difference within a few
/// milliseconds of zero at the voice's own pace.
const ONSET_MS: f64 = 80.0;

/// When the tokens of a text are heard, filled chunk by chunk.
pub(crate) struct Timeline {
    /// First and last sample of each token heard so far.
    spans: Vec<Option<(i64, i64)>>,
}

impl Timeline {
    pub(crate) fn new(tokens: usize) -> Self {
        Self {
            spans: vec![None; tokens],
        }
    }

    /// Adds the tokens of a chunk. The model counts silence into the last sound
    /// of a sentence; a word ends where its chunk is no longer heard.
    pub(crate) fn add(&mut self, symbols: &[Symbol], frames: &Frames, place: Place) {
        let at = |frame: usize| (place.origin + (frame * HOP) as i64).min(place.end);
        let mut frame = frames.lead_frames;
        for (symbol, count) in symbols.iter().zip(&frames.id_frames) {
            let (start, end) = (at(frame), at(frame + count));
            frame += count;
            if let Some(token) = symbol.token {
                let span = self.spans[token].get_or_insert((start, end));
                span.1 = end;
            }
        }
    }

    /// The words of `tokens` in a sound of `samples`. A token that was not heard
    /// gets an empty span where the one before it ends.
    pub(crate) fn words<'a>(
        &self,
        tokens: impl Iterator<Item = &'a str>,
        samples: usize,
    ) -> Vec<Word> {
        let ms = |sample: i64| sample as f64 * 1000.0 / f64::from(SAMPLE_RATE);
        let last = ms(samples as i64).floor() as u32;
        let within = |ms: f64| (ms.max(0.0).round() as u32).min(last);
        let mut words: Vec<Word> = Vec::with_capacity(self.spans.len());
        for (text, span) in tokens.zip(&self.spans) {
            let previous_start = words.last().map_or(0, |word| word.start_ms);
            let (start_ms, end_ms) = match span {
                Some((start, end)) => {
                    let start = within(ms(*start) - ONSET_MS).max(previous_start);
                    (start, within(ms(*end)).max(start))
                }
                None => {
                    let at = words.last().map_or(0, |word| word.end_ms);
                    (at, at)
                }
            };
            for word in words.iter_mut().rev().take_while(|w| w.end_ms > start_ms) {
                word.end_ms = start_ms;
                word.start_ms = word.start_ms.min(start_ms);
            }
            words.push(Word {
                text: text.to_owned(),
                start_ms,
                end_ms,
            });
        }
        words
    }
}
