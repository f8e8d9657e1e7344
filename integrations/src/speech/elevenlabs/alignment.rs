use serde::Deserialize;

use crate::ProviderError;
use crate::speech::align::{Heard, whole_ms};

/// When each character is heard, in seconds.
#[derive(Deserialize)]
pub(super) struct Alignment {
    characters: Vec<String>,
    character_start_times_seconds: Vec<f64>,
    character_end_times_seconds: Vec<f64>,
}

impl Alignment {
    /// What is between white space, from its first character's beginning to its
    /// last one's end.
    pub(super) fn words(&self) -> Result<Vec<Heard>, ProviderError> {
        let starts = &self.character_start_times_seconds;
        let ends = &self.character_end_times_seconds;
        if starts.len() != self.characters.len() || ends.len() != self.characters.len() {
            return Err(ProviderError::Malformed {
                problem: "it has not one time for each character".to_owned(),
            });
        }
        let mut words = Vec::new();
        let mut open: Option<Heard> = None;
        for ((text, start), end) in self.characters.iter().zip(starts).zip(ends) {
            if text.trim().is_empty() {
                words.extend(open.take());
                continue;
            }
            let word = open.get_or_insert_with(|| Heard {
                text: String::new(),
                start_ms: whole_ms(*start),
                end_ms: 0,
            });
            word.text.push_str(text);
            word.end_ms = whole_ms(*end);
        }
        words.extend(open);
        Ok(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_become_words() {
        let alignment = Alignment {
            characters: ["A", "n", " ", " ", "o", "x", "."]
                .map(str::to_owned)
                .into(),
            character_start_times_seconds: vec![0.0, 0.05, 0.1, 0.12, 0.2, 0.25, 0.3],
            character_end_times_seconds: vec![0.05, 0.1, 0.12, 0.2, 0.25, 0.3, 0.3504],
        };
        let words = alignment.words().unwrap();
        let words: Vec<_> = words
            .iter()
            .map(|word| (word.text.as_str(), word.start_ms, word.end_ms))
            .collect();
        assert_eq!(words, [("An", 0, 100), ("ox.", 200, 350)]);
    }

    #[test]
    fn a_character_without_a_time_is_told() {
        let alignment = Alignment {
            characters: vec!["A".to_owned()],
            character_start_times_seconds: vec![0.0],
            character_end_times_seconds: vec![],
        };
        assert!(alignment.words().is_err());
    }
}
