//! Cuts a long sentence into parts the model can take.

use crate::phonemes::Symbol;
use std::ops::Range;

/// The most phonemes the voice was made to take at once.
pub(crate) const MAX_SYMBOLS: usize = 400;

/// Parts of at most `limit` symbols: as few as can be, cut after the last clause
/// that fits, else after the last word, else anywhere.
pub(crate) fn chunks(symbols: &[Symbol], limit: usize) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while symbols.len() - start > limit {
        let window = &symbols[start..start + limit];
        let after_clause = window
            .windows(2)
            .rposition(|pair| pair[0].ends_clause && pair[1].is_space)
            .map(|at| at + 2);
        let after_word = || window.iter().rposition(|s| s.is_space).map(|at| at + 1);
        let length = after_clause.or_else(after_word).unwrap_or(limit);
        chunks.push(start..start + length);
        start += length;
    }
    if start < symbols.len() {
        chunks.push(start..symbols.len());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn symbols(text: &str) -> Vec<Symbol> {
        text.chars()
            .map(|c| Symbol {
                id: 1,
                token: None,
                ends_clause: c == ',',
                is_space: c == ' ',
            })
            .collect()
    }

    fn cut(text: &str, limit: usize) -> Vec<&str> {
        chunks(&symbols(text), limit)
            .into_iter()
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn a_clause_is_the_best_place_then_a_word_then_any() {
        assert_eq!(cut("ab, cd ef", 8), ["ab, ", "cd ef"]);
        assert_eq!(cut("ab cd ef", 7), ["ab cd ", "ef"]);
        assert_eq!(cut("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(cut("abcd", 4), ["abcd"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_part_is_too_long(text in "[ab, ]{0,200}", limit in 1usize..50) {
            let parts = cut(&text, limit);
            prop_assert_eq!(parts.concat(), text.as_str());
            prop_assert!(parts.iter().all(|part| (1..=limit).contains(&part.len())));
        }
    }
}
