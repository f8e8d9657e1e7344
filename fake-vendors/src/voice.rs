//! What a voice would sound like: a quiet tone, as long as its text is.
//!
//! As a sound holds what was said, so does this one: the low bits of its samples
//! are the text. Whoever transcribes it needs to remember nothing.

use serde_json::{Value, json};

use crate::Fault;

/// Samples per second, of one channel.
pub(crate) const SAMPLE_RATE: usize = 24_000;
const SAMPLES_PER_MS: usize = SAMPLE_RATE / 1_000;
/// A character at a voice's own pace.
const CHARACTER_MS: f64 = 25.0;
const SILENCE_MS: f64 = 200.0;
/// Ends the text in the low bits, where it is no part of any.
const END: u8 = 0xff;

/// A text as it is spoken.
pub(crate) struct Spoken<'a> {
    pub(crate) text: &'a str,
    /// Percent of the voice's own pace.
    pub(crate) speed: f64,
}

impl Spoken<'_> {
    fn character_ms(&self) -> f64 {
        CHARACTER_MS * 100.0 / self.speed
    }

    /// Samples of 16 bits, little-endian, without a header.
    pub(crate) fn pcm(&self, fault: Option<Fault>) -> Vec<u8> {
        let characters = self.text.chars().count() as f64;
        let ms = characters * self.character_ms() + SILENCE_MS;
        let samples = ms as usize * SAMPLES_PER_MS;
        let kept = match fault {
            Some(Fault::CutShort) => samples / 2,
            _ => samples,
        };
        let spoken = format!("{}|{}", self.speed, self.text);
        let mut hidden = match fault {
            Some(Fault::WrongContent) => Vec::new(),
            _ => spoken.into_bytes(),
        };
        hidden.push(END);
        let hidden = hidden.into_iter().chain(std::iter::repeat(END));
        // 250 Hz.
        let tone = (0..kept).map(|sample| if (sample / 48) % 2 == 0 { 0x05 } else { 0xfa });
        let samples = hidden.zip(tone);
        samples.flat_map(|(low, high)| [low, high]).collect()
    }

    /// Of each character: it, and its first and last moment in seconds.
    pub(crate) fn characters(&self) -> impl Iterator<Item = (char, f64, f64)> {
        let seconds = self.character_ms() / 1_000.0;
        let characters = self.text.chars().enumerate();
        characters.map(move |(place, character)| {
            let start = place as f64 * seconds;
            (character, start, start + seconds)
        })
    }

    fn words(&self) -> Vec<(String, f64, f64)> {
        let mut words: Vec<(String, f64, f64)> = Vec::new();
        let mut is_open = false;
        for (character, start, end) in self.characters() {
            match words.last_mut().filter(|_| is_open) {
                _ if character.is_whitespace() => is_open = false,
                Some((word, _, until)) => {
                    word.push(character);
                    *until = end;
                }
                None => {
                    words.push((character.to_string(), start, end));
                    is_open = true;
                }
            }
        }
        words
    }
}

/// What a transcription makes of a WAV file with such a sound: its length in
/// seconds, and words of which some are wrong, some in two and some not there.
pub(crate) fn heard(wav: &[u8]) -> (f64, Vec<Value>) {
    let samples = wav.get(44..).unwrap_or_default();
    let seconds = samples.len() as f64 / 2.0 / SAMPLE_RATE as f64;
    let low = samples.iter().step_by(2).copied();
    let hidden: Vec<u8> = low.take_while(|low| *low != END).collect();
    let hidden = String::from_utf8(hidden).unwrap_or_default();
    let Some((speed, text)) = hidden.split_once('|') else {
        return (seconds, vec![word("you", 0.0, seconds)]);
    };
    let speed = speed.parse().unwrap_or(100.0);
    let words = Spoken { text, speed }.words().into_iter();
    let within = words.filter(|(_, _, end)| *end <= seconds).enumerate();
    let heard = within.flat_map(|(place, (text, start, end))| heard_as(place, &text, start, end));
    (seconds, heard.collect())
}

fn heard_as(place: usize, text: &str, start: f64, end: f64) -> Vec<Value> {
    let text: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let figure = ["zero", "one", "two", "three", "four", "five"]
        .iter()
        .position(|name| *name == text);
    let middle = text.char_indices().nth(text.chars().count() / 2);
    if let Some(figure) = figure {
        return vec![word(&figure.to_string(), start, end)];
    }
    match (place % 12, middle) {
        _ if text.is_empty() => Vec::new(),
        (3, _) => vec![word(&format!("mis{text}"), start, end)],
        (5, _) => vec![word("uh", start, end)],
        (7, _) => Vec::new(),
        (9, Some((half, _))) if half > 0 => {
            let between = (start + end) / 2.0;
            let (first, second) = text.split_at(half);
            vec![word(first, start, between), word(second, between, end)]
        }
        _ => vec![word(&text, start, end)],
    }
}

fn word(text: &str, start: f64, end: f64) -> Value {
    json!({ "word": text, "start": start, "end": end })
}
