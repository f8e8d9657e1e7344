//! When each word of a script is heard, from words that somebody else heard.
//!
//! Captions show the script: of what was heard, only the times count. Both are
//! cut into tokens (lower case, no punctuation, numbers as English words), and
//! the two rows of tokens are laid beside one another so that the most of them
//! agree. A word without a counterpart has its place between those that have one.

mod tokens;

use domain::video::output::SpokenWord;

use self::tokens::{Token, likeness, of_heard, of_script, speakable};
use crate::ProviderError;

/// A word and its time in the sound, as a provider says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
}

/// From the first to the last moment at which a word is heard, in milliseconds.
type Span = (u32, u32);

/// Of the words that can be heard, at least one in so many must be.
const ONE_IN: usize = 2;
/// What is heard may end so much later than the sound: providers round.
const ROUNDING_MS: u32 = 500;
/// Nobody speaks so many words in a row, each so fast: they were left out.
const HURRIED: (usize, u32) = (4, 40);
/// A slow letter, of a word that nobody heard before the first or after the last
/// that somebody did.
const LETTER_MS: u32 = 90;

/// What is before the beginning is at it.
pub(super) fn whole_ms(seconds: f64) -> u32 {
    (seconds * 1_000.0).round() as u32
}

/// Each of `words` once, in their order, none before the last has ended, all
/// within `duration_ms`.
///
/// # Errors
/// [`ProviderError::Malformed`] when what was heard is not this text, or not
/// this sound.
pub(super) fn align(
    words: &[&str],
    heard: &[Heard],
    duration_ms: u32,
) -> Result<Vec<SpokenWord>, ProviderError> {
    let last = heard.iter().map(|heard| heard.end_ms).max().unwrap_or(0);
    if last > duration_ms.saturating_add(ROUNDING_MS) {
        return Err(malformed("its sound ends before its last word"));
    }
    let heard = in_order(heard, duration_ms);
    let spans = if words.iter().eq(heard.iter().map(|heard| &heard.text)) {
        heard.iter().map(|h| Some((h.start_ms, h.end_ms))).collect()
    } else {
        matched(words, &heard, duration_ms)?
    };
    let weights: Vec<_> = words.iter().map(|word| speakable(word)).collect();
    let spans = filled(&spans, &weights, duration_ms)?;
    let spoken = words.iter().zip(spans).map(|(word, (start_ms, end_ms))| {
        let text = (*word).to_owned();
        SpokenWord {
            text,
            start_ms,
            end_ms,
        }
    });
    Ok(spoken.collect())
}

/// The same words, none before the last has ended.
fn in_order(heard: &[Heard], duration_ms: u32) -> Vec<Heard> {
    let mut heard = heard.to_vec();
    let mut earliest = 0;
    for word in &mut heard {
        word.start_ms = word.start_ms.clamp(earliest, duration_ms);
        earliest = word.start_ms;
    }
    let mut latest = duration_ms;
    for word in heard.iter_mut().rev() {
        word.end_ms = word.end_ms.clamp(word.start_ms, latest);
        latest = word.start_ms;
    }
    heard
}

fn matched(
    words: &[&str],
    heard: &[Heard],
    duration_ms: u32,
) -> Result<Vec<Option<Span>>, ProviderError> {
    let (script, heard) = (of_script(words), of_heard(heard));
    if heard.len() > 4 * script.len() + 64 {
        return Err(malformed("far more was heard than was written"));
    }
    let mut spans: Vec<Option<Span>> = vec![None; words.len()];
    for (ours, theirs) in pairs(&script, &heard, duration_ms) {
        let (start, end) = heard[theirs].of;
        let span = &mut spans[script[ours].of];
        *span = Some((span.map_or(start, |(first, _)| first), end));
    }
    let can_be_heard = words.iter().filter(|word| speakable(word) > 0).count();
    let are_heard = spans.iter().flatten().count();
    if are_heard * ONE_IN < can_be_heard {
        return Err(malformed("what is heard in it is not the text"));
    }
    Ok(spans)
}

/// Places in both rows that belong together, in order: the most alike that can be
/// had, and of equals those that are as far along in the script as in the sound.
fn pairs(script: &[Token<usize>], heard: &[Token<Span>], duration_ms: u32) -> Vec<(usize, usize)> {
    let (rows, columns) = (script.len(), heard.len());
    let width = columns + 1;
    // What the tokens from here on are worth, laid beside one another at best.
    let mut worth = vec![0u32; (rows + 1) * width];
    let value = |row: usize, column: usize| {
        let alike = likeness(&script[row].text, &heard[column].text)?;
        let (start_ms, _) = heard[column].of;
        let in_script = row as f64 / rows as f64;
        let in_sound = f64::from(start_ms) / f64::from(duration_ms.max(1));
        let astray = (in_script - in_sound).abs() * 100.0;
        Some(alike + 100 - astray as u32)
    };
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let apart = worth[(row + 1) * width + column].max(worth[row * width + column + 1]);
            let next = worth[(row + 1) * width + column + 1];
            let together = value(row, column).map_or(0, |value| value + next);
            worth[row * width + column] = apart.max(together);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while row < rows && column < columns {
        let here = worth[row * width + column];
        if here == worth[(row + 1) * width + column] {
            row += 1;
        } else if here == worth[row * width + column + 1] {
            column += 1;
        } else {
            pairs.push((row, column));
            row += 1;
            column += 1;
        }
    }
    pairs
}

/// A span for every word: those without one share the time between their
/// neighbours by their letters.
fn filled(
    spans: &[Option<Span>],
    weights: &[u32],
    duration_ms: u32,
) -> Result<Vec<Span>, ProviderError> {
    let mut filled: Vec<Span> = Vec::with_capacity(spans.len());
    while filled.len() < spans.len() {
        let first = filled.len();
        if let Some(span) = spans[first] {
            filled.push(span);
            continue;
        }
        let unheard = spans[first..].iter().take_while(|span| span.is_none());
        let end = first + unheard.count();
        let weights = &weights[first..end];
        let letters: u32 = weights.iter().sum();
        let before = filled.last().map(|(_, end)| *end);
        let after = spans.get(end).copied().flatten().map(|(start, _)| start);
        let slowly = letters.saturating_mul(LETTER_MS);
        let (from, to) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (Some(before), None) => (before, duration_ms.min(before.saturating_add(slowly))),
            (None, Some(after)) => (after.saturating_sub(slowly), after),
            (None, None) => (0, duration_ms),
        };
        let hurried = weights.iter().filter(|weight| **weight > 0).count();
        if hurried >= HURRIED.0 && (to - from) / (hurried as u32) < HURRIED.1 {
            return Err(malformed("a part of the text is not heard in it"));
        }
        let mut spoken = 0;
        let at = |spoken: u32| {
            let share = u64::from(to - from) * u64::from(spoken) / u64::from(letters.max(1));
            from + share as u32
        };
        for weight in weights {
            filled.push((at(spoken), at(spoken + weight)));
            spoken += weight;
        }
    }
    Ok(filled)
}

fn malformed(problem: &str) -> ProviderError {
    ProviderError::Malformed {
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests;
