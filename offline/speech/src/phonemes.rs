//! Words to the ids of the voice's phoneme alphabet, each id knowing its token.

use crate::SpeechError;
use crate::reading::Piece;
use crate::unknown_words::UnknownWords;
use misaki_rs::{G2P, Language};
use std::collections::HashMap;

const SPACE: char = ' ';
const CLAUSE_ENDS: &[char] = &['.', ',', ';', ':', '!', '?', '—', '…'];
const PUNCTUATION: &[char] = &['"', '“', '”', '(', ')'];

/// One id for the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) id: i32,
    /// The token whose sound this is; none for spaces and punctuation.
    pub(crate) token: Option<usize>,
    pub(crate) ends_clause: bool,
    pub(crate) is_space: bool,
}

pub(crate) struct Phonemizer {
    g2p: G2P,
    alphabet: HashMap<char, i32>,
}

impl Phonemizer {
    pub(crate) fn load() -> Result<Self, SpeechError> {
        let table: HashMap<String, i32> =
            serde_json::from_str(include_str!("../assets/vocab.json"))
                .map_err(SpeechError::model("read its alphabet"))?;
        let unknown = Box::new(UnknownWords::load()?);
        Ok(Self {
            g2p: G2P::with_fallback(Language::EnglishUS, Some(unknown)),
            alphabet: table
                .into_iter()
                .filter_map(|(phoneme, id)| Some((phoneme.chars().next()?, id)))
                .collect(),
        })
    }

    /// The symbols of a sentence. Pieces must hold no whitespace.
    pub(crate) fn symbols(&self, pieces: &[Piece]) -> Result<Vec<Symbol>, SpeechError> {
        let mut spoken = self.phonemes(pieces)?;
        if spoken.len() != pieces.len() {
            // The reader joined or split words; one by one they can't be confused,
            // at the price of a reading that does not know its neighbours.
            spoken = Vec::new();
            for piece in pieces {
                spoken.push(self.phonemes(std::slice::from_ref(piece))?.concat());
            }
        }
        let mut symbols = Vec::new();
        for (piece, phonemes) in pieces.iter().zip(&spoken) {
            let ids = phonemes
                .trim()
                .chars()
                .filter_map(|c| self.symbol(c, piece.token));
            let before = symbols.len();
            symbols.extend(ids);
            if symbols.len() > before {
                symbols.extend(self.symbol(SPACE, piece.token));
            }
        }
        symbols.pop();
        Ok(symbols)
    }

    /// Phonemes for each run of tokens the reader kept together between spaces.
    fn phonemes(&self, pieces: &[Piece]) -> Result<Vec<String>, SpeechError> {
        let words: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let (_, tokens) = self
            .g2p
            .g2p(&words.join(" "))
            .map_err(SpeechError::model("read the text"))?;
        let mut spoken = vec![String::new()];
        for token in tokens {
            let last = spoken.len() - 1;
            spoken[last].extend(token.phonemes.as_deref());
            if !token.whitespace.is_empty() {
                spoken.push(String::new());
            }
        }
        Ok(spoken)
    }

    fn symbol(&self, phoneme: char, token: usize) -> Option<Symbol> {
        let ends_clause = CLAUSE_ENDS.contains(&phoneme);
        let is_space = phoneme == SPACE;
        let is_sound = !(ends_clause || is_space || PUNCTUATION.contains(&phoneme));
        Some(Symbol {
            id: *self.alphabet.get(&phoneme)?,
            token: is_sound.then_some(token),
            ends_clause,
            is_space,
        })
    }
}
