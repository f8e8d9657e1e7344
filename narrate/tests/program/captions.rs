//! Whether the captions of a film in the default style follow its words.

use std::ops::Range;

use serde_json::Value;

use crate::looks::Film;

const SIZE: (usize, usize) = (135, 240);
/// Points of a frame whose change is more than a picture's own movement.
const CHANGED: usize = 15;
/// The share of words that are followed: two may be said within one frame.
const FOLLOWED: f64 = 0.95;
/// The share of frames without a word's start or end in which nothing changes:
/// a moving picture may have the current word's colour in it. Captions that come
/// late fall below.
const STILL: f64 = 0.85;

/// The current word changes at the start of each word, and stays between.
pub(crate) fn follow_the_words(film: &Film, words: &[Value]) {
    let frames = film.frames(SIZE);
    let lit: Vec<Vec<bool>> = frames
        .iter()
        .map(|frame| frame.chunks_exact(3).map(is_current_word).collect())
        .collect();
    let changes: Vec<usize> = lit
        .windows(2)
        .map(|pair| differences(&pair[0], &pair[1]))
        .collect();
    let has_changed = |frames: Range<usize>| changes[frames].iter().any(|count| *count > CHANGED);

    let around = |word: &Value, key: &str| {
        // The change into frame `n` is number `n - 1`.
        let frame = (word[key].as_f64().unwrap() * 30.0 / 1000.0).round() as usize;
        frame.saturating_sub(2)..(frame + 1).min(changes.len())
    };
    let followed = words
        .iter()
        .filter(|word| has_changed(around(word, "startMs")))
        .count();
    let share = followed as f64 / words.len() as f64;
    assert!(share >= FOLLOWED, "{followed} of {} words", words.len());

    let mut between = vec![true; changes.len()];
    for range in words
        .iter()
        .flat_map(|word| [around(word, "startMs"), around(word, "endMs")])
    {
        between[range].fill(false);
    }
    let between: Vec<_> = (0..changes.len()).filter(|index| between[*index]).collect();
    let still = between
        .iter()
        .filter(|index| changes[**index] <= CHANGED)
        .count();
    let share = still as f64 / between.len() as f64;
    assert!(share >= STILL, "{still} of {} frames", between.len());
}

/// Yellow, as compression leaves it.
fn is_current_word(rgb: &[u8]) -> bool {
    rgb[0] > 200 && rgb[1] > 160 && rgb[2] < 110
}

fn differences(one: &[bool], other: &[bool]) -> usize {
    one.iter().zip(other).filter(|(a, b)| a != b).count()
}
