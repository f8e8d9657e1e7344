//! Cuts a narration into the phrases that are shown together.
//!
//! Cuts fall where speech pauses or a sentence ends; what is still too long is
//! cut into parts of like length, at a comma where there is one.

use std::ops::Range;

use crate::plan::CaptionWord;

/// A silence that a listener hears as a break.
const PAUSE_MS: u32 = 350;
/// Room for one phrase, in widths of a Latin letter.
const MAX_CELLS: usize = 24;
/// What a cut without a comma costs, against squared shares of length.
const NO_COMMA: f64 = 0.25;

/// Ranges of words, in order, that together hold every word once.
pub(crate) fn split(words: &[CaptionWord]) -> Vec<Range<usize>> {
    let mut phrases = Vec::new();
    let mut start = 0;
    for (index, word) in words.iter().enumerate() {
        let pause_ms = words
            .get(index + 1)
            .map_or(u32::MAX, |next| next.start_ms.saturating_sub(word.end_ms));
        if pause_ms >= PAUSE_MS || ends_with(&word.text, is_full_stop) {
            phrases.extend(divide(words, start..index + 1));
            start = index + 1;
        }
    }
    phrases
}

/// Whether two words stand together without a space, as Han, kana and Thai do.
pub(crate) fn joins(left: &str, right: &str) -> bool {
    let unspaced = |letter: Option<char>| letter.is_some_and(is_unspaced);
    unspaced(left.chars().next_back()) && unspaced(right.chars().next())
}

/// Cuts a clause into the fewest phrases that have room, as even as can be:
/// `best[k]` is the cheapest way to set the words before the k-th cut.
fn divide(words: &[CaptionWord], clause: Range<usize>) -> Vec<Range<usize>> {
    let words = &words[clause.clone()];
    let total: usize = words.iter().map(|word| cells(&word.text)).sum();
    let parts = total.div_ceil(MAX_CELLS).max(1);
    let target = total as f64 / parts as f64;
    let mut best = vec![(f64::INFINITY, 0); words.len() + 1];
    best[0].0 = 0.0;
    for end in 1..=words.len() {
        let mut length = 0;
        for start in (0..end).rev() {
            length += cells(&words[start].text);
            if length > MAX_CELLS && start + 1 < end {
                break;
            }
            let unevenness = (length as f64 / target - 1.0).powi(2);
            let at_comma = end == words.len() || ends_with(&words[end - 1].text, is_comma);
            let cost = best[start].0 + unevenness + if at_comma { 0.0 } else { NO_COMMA };
            if cost < best[end].0 {
                best[end] = (cost, start);
            }
        }
    }
    let mut phrases = Vec::new();
    let mut end = words.len();
    while end > 0 {
        let start = best[end].1;
        phrases.push(clause.start + start..clause.start + end);
        end = start;
    }
    phrases.reverse();
    phrases
}

/// Width of a word and the space after it; Han and emoji are twice as wide.
fn cells(text: &str) -> usize {
    let width: usize = text
        .chars()
        .map(|letter| if u32::from(letter) >= 0x2E80 { 2 } else { 1 })
        .sum();
    let space = usize::from(!text.chars().next_back().is_some_and(is_unspaced));
    width + space
}

fn ends_with(word: &str, is_mark: fn(char) -> bool) -> bool {
    word.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』', '）'])
        .ends_with(is_mark)
}

fn is_full_stop(letter: char) -> bool {
    matches!(
        letter,
        '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।'
    )
}

fn is_comma(letter: char) -> bool {
    matches!(
        letter,
        ',' | ';' | ':' | '–' | '—' | '、' | '，' | '；' | '：' | '،' | '؛'
    )
}

fn is_unspaced(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0E00..=0x0EFF // Thai and Lao
        | 0x1000..=0x109F // Myanmar
        | 0x1780..=0x17FF // Khmer
        | 0x2E80..=0x312F // Han radicals, CJK punctuation, kana, bopomofo
        | 0x31A0..=0x9FFF // more kana, Han
        | 0xF900..=0xFAFF
        | 0xFF00..=0xFFEF // full-width forms
        | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::words;
    use super::*;

    fn phrases(texts: &[&str]) -> Vec<String> {
        split(&words(texts, 300))
            .into_iter()
            .map(|range| texts[range].join(" "))
            .collect()
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_order_is_kept(
            texts in prop::collection::vec("[a-z漢あ.,!😀]{1,30}", 0..60),
            gaps_ms in prop::collection::vec(0u32..800, 60),
        ) {
            let mut start_ms = 0;
            let words: Vec<CaptionWord> = texts.iter().zip(gaps_ms).map(|(text, gap_ms)| {
                start_ms += gap_ms + 200;
                CaptionWord { text: text.clone(), start_ms, end_ms: start_ms + 200 }
            }).collect();
            let kept: Vec<usize> = split(&words).into_iter().flatten().collect();
            prop_assert_eq!(kept, (0..words.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn sentences_and_pauses_end_a_phrase() {
        let found = phrases(&["It", "has", "“three.”", "Why", "so?", "Blood."]);
        assert_eq!(found, ["It has “three.”", "Why so?", "Blood."]);
        let mut spoken = words(&["two", "hearts"], 300);
        spoken[1].start_ms += 400;
        spoken[1].end_ms += 400;
        assert_eq!(split(&spoken), [0..1, 1..2]);
    }

    #[test]
    fn long_clauses_are_cut_evenly_and_at_commas() {
        let text = ["Two", "of", "them", "pump", "blood", "to", "the", "gills"];
        assert_eq!(phrases(&text), ["Two of them pump", "blood to the gills"]);
        let text = ["Curiously,", "octopuses", "swim", "slowly"];
        assert_eq!(phrases(&text), ["Curiously,", "octopuses swim slowly"]);
    }

    #[test]
    fn han_words_join_and_latin_words_do_not() {
        assert!(joins("章魚", "有"));
        assert!(joins("です", "。"));
        assert!(!joins("three", "hearts"));
        assert!(!joins("심장", "세"));
        assert!(!joins("有", "three"));
    }
}
