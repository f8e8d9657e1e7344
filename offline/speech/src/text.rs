//! Finds the words and sentences of a text, and refuses a text this voice can't speak.

mod writing_system;

use crate::SpeechError;
pub(crate) use writing_system::WritingSystem;

/// A sentence: its tokens and what silence belongs after it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sentence<'a> {
    /// Number of its first token in the whole text.
    pub(crate) first: usize,
    pub(crate) tokens: Vec<&'a str>,
    pub(crate) ends_paragraph: bool,
}

/// Titles and short forms whose period ends no sentence.
const SHORT_FORMS: &[&str] = &[
    "Adm", "Capt", "Cmdr", "Col", "Dr", "Ft", "Gen", "Gov", "Hon", "Lt", "Maj", "Messrs", "Mr",
    "Mrs", "Ms", "Mt", "No", "Pres", "Prof", "Rep", "Rev", "Sen", "Sgt", "St", "approx", "cf",
    "e.g", "i.e", "vs", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct",
    "Nov", "Dec", "Fig", "Vol",
];

const OPENING: &[char] = &['(', '[', '{', '"', '\'', '“', '‘', '«', '¿', '¡'];
const CLOSING: &[char] = &[')', ']', '}', '"', '\'', '”', '’', '»'];

/// The sentences of `text`, in order; together they hold every token of
/// `text.split_whitespace()` once.
pub(crate) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    let mut count = 0;
    for paragraph in paragraphs(text) {
        let tokens: Vec<&str> = paragraph.split_whitespace().collect();
        let mut start = 0;
        for at in 0..tokens.len() {
            let next = tokens.get(at + 1).copied();
            if next.is_none_or(|next| ends_sentence(tokens[at], next)) {
                sentences.push(Sentence {
                    first: count + start,
                    tokens: tokens[start..=at].to_vec(),
                    ends_paragraph: next.is_none(),
                });
                start = at + 1;
            }
        }
        count += tokens.len();
    }
    sentences
}

/// Fails unless `text` has something to speak and most of its letters are Latin.
pub(crate) fn check_speakable(text: &str) -> Result<(), SpeechError> {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let foreign = letters().filter(|c| WritingSystem::of(*c) != WritingSystem::Latin);
    let latin = letters().count() - foreign.clone().count();
    if foreign.clone().count() > latin {
        let script = WritingSystem::most_used(foreign);
        let sample = text
            .split_whitespace()
            .find(|token| token.chars().any(|c| WritingSystem::of(c) == script))
            .unwrap_or_default();
        return Err(SpeechError::UnsupportedScript {
            script: script.name(),
            sample: sample.chars().take(12).collect(),
        });
    }
    if latin == 0 && !text.chars().any(char::is_numeric) {
        return Err(SpeechError::NothingToSpeak);
    }
    Ok(())
}

/// Parts of `text` divided by empty lines.
fn paragraphs(text: &str) -> Vec<&str> {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            paragraphs.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    paragraphs.push(&text[start..]);
    paragraphs
}

fn ends_sentence(token: &str, next: &str) -> bool {
    let bare = token.trim_end_matches(CLOSING);
    let next = next.trim_start_matches(OPENING);
    if !bare.ends_with(['.', '!', '?', '…']) || next.starts_with(char::is_lowercase) {
        return false;
    }
    let Some(word) = bare.strip_suffix('.') else {
        return true;
    };
    let word = word.trim_start_matches(OPENING);
    // "J." and "U.S." go on more often than they end; "p.m." before a capital ends.
    let is_initials = word
        .split('.')
        .all(|part| part.chars().count() == 1 && part.starts_with(char::is_uppercase));
    !(is_initials || SHORT_FORMS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        sentences(text).iter().map(|s| s.tokens.join(" ")).collect()
    }

    #[test]
    fn a_sentence_ends_at_its_stop_and_not_after_a_title_or_an_initial() {
        assert_eq!(
            split(
                "Dr. Smith of the U.S. Navy met J. K. Rowling, e.g. twice. “Why?” she asked. It cost 4.50!"
            ),
            [
                "Dr. Smith of the U.S. Navy met J. K. Rowling, e.g. twice.",
                "“Why?” she asked.",
                "It cost 4.50!"
            ]
        );
    }

    #[test]
    fn a_closing_quote_stays_with_its_sentence() {
        assert_eq!(split("“Stop.” He ran."), ["“Stop.”", "He ran."]);
    }

    #[test]
    fn only_an_empty_line_ends_a_sentence_without_a_stop() {
        assert_eq!(
            split("A title\n\nwrapped\nline"),
            ["A title", "wrapped line"]
        );
        assert!(sentences("A title\n\nwrapped")[0].ends_paragraph);
    }

    #[test]
    fn a_text_in_another_script_is_refused_by_name() {
        let refused = |text| check_speakable(text).unwrap_err().to_string();
        assert!(refused("مرحبا بالعالم").contains("Arabic"));
        assert!(refused("東京タワーはすごい").contains("Japanese"));
        assert!(refused("你好 世界").contains("Chinese"));
        assert!(refused("Привет, мир 2020").contains("Cyrillic"));
        assert!(refused("🙂 — …").contains("nothing to speak"));
        assert!(check_speakable("The word 日本 means Japan").is_ok());
        assert!(check_speakable("42").is_ok());
    }
}
