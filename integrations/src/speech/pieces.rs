//! Cuts a long text into pieces that a model takes in one call.

use std::ops::Range;

use crate::ProviderError;

const SENTENCE_ENDS: &[char] = &['.', '!', '?', '…', '。', '！', '？', '।', '؟'];
const CLAUSE_ENDS: &[char] = &[',', ';', ':', '–', '—', '，', '；', '：', '、', '،'];
const CLOSING: &[char] = &['"', '\'', '”', '’', '»', ')', ']', '」', '』'];

/// Where the pieces are in `text`, in bytes, without the white space around them.
/// Each has at most `limit` characters and as many as can be: cut between
/// sentences, else between clauses, else between words.
///
/// # Errors
/// [`ProviderError::InvalidInput`] for a word that is longer than that.
pub(super) fn pieces(text: &str, limit: usize) -> Result<Vec<Range<usize>>, ProviderError> {
    let words = words(text);
    let mut pieces = Vec::new();
    let mut first = 0;
    while first < words.len() {
        let start = words[first].start;
        let fits = |last: &Range<usize>| text[start..last.end].chars().count() <= limit;
        let fitting = words[first..].partition_point(fits);
        if fitting == 0 {
            return Err(too_long(&text[words[first].clone()], limit));
        }
        let rest = &words[first..first + fitting];
        let count = if first + fitting == words.len() {
            fitting
        } else {
            let after = |ends: &[char]| {
                let is_end = |word: &Range<usize>| ends_with(&text[word.clone()], ends);
                rest.iter().rposition(is_end).map(|last| last + 1)
            };
            after(SENTENCE_ENDS)
                .or_else(|| after(CLAUSE_ENDS))
                .unwrap_or(fitting)
        };
        pieces.push(start..rest[count - 1].end);
        first += count;
    }
    Ok(pieces)
}

fn words(text: &str) -> Vec<Range<usize>> {
    let begins = text.as_ptr() as usize;
    text.split_whitespace()
        .map(|word| {
            let start = word.as_ptr() as usize - begins;
            start..start + word.len()
        })
        .collect()
}

fn ends_with(word: &str, ends: &[char]) -> bool {
    word.trim_end_matches(CLOSING).ends_with(ends)
}

fn too_long(word: &str, limit: usize) -> ProviderError {
    ProviderError::InvalidInput {
        field: "text",
        problem: format!(
            "has {} characters without white space, and at most {limit} can be spoken in one go",
            word.chars().count()
        ),
        remedy: "put spaces between its words".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str, limit: usize) -> Vec<&str> {
        let pieces = pieces(text, limit).unwrap();
        pieces.into_iter().map(|piece| &text[piece]).collect()
    }

    #[test]
    fn a_sentence_is_the_best_place_then_a_clause_then_a_word() {
        assert_eq!(cut("One. Two, three four", 16), ["One.", "Two, three four"]);
        assert_eq!(cut("“One!” Two three", 12), ["“One!”", "Two three"]);
        assert_eq!(cut("One, two three", 12), ["One,", "two three"]);
        assert_eq!(cut("one two three", 9), ["one two", "three"]);
        assert_eq!(cut("  one\n two ", 99), ["one\n two"]);
    }

    #[test]
    fn a_word_that_is_too_long_is_refused() {
        let error = pieces("a octopus", 6).unwrap_err().to_string();
        assert!(error.starts_with("text: has 7 characters"), "{error}");
    }

    proptest! {
        #[test]
        fn every_word_is_in_one_piece_and_no_piece_is_too_long(
            text in "([a-zé]{1,6}[.,!]?[ \n]{1,2}){0,60}",
            limit in 8usize..80,
        ) {
            let parts = cut(&text, limit);
            let words: Vec<_> = parts.iter().flat_map(|part| part.split_whitespace()).collect();
            prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
            prop_assert!(parts.iter().all(|part| (1..=limit).contains(&part.chars().count())));
        }
    }
}
