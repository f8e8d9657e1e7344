//! Pronounces words no dictionary lists, letter by letter context, with the
//! small network that comes with the voice (`assets/oov.onnx`).

use crate::SpeechError;
use misaki_rs::Fallback;
use misaki_rs::fallback::FallbackError;
use rten::Model;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

pub(crate) struct UnknownWords {
    model: Model,
    letters: HashMap<char, i32>,
    phonemes: Vec<String>,
    max_letters: usize,
}

impl UnknownWords {
    pub(crate) fn load() -> Result<Self, SpeechError> {
        let table: serde_json::Value = serde_json::from_str(include_str!("../assets/oov.json"))
            .map_err(SpeechError::model("read its spelling rules"))?;
        let strings = |key: &str| {
            table[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|value| value.as_str().map(str::to_owned))
        };
        Ok(Self {
            model: Model::load_static_slice(include_bytes!("../assets/oov.onnx"))
                .map_err(SpeechError::model("load its spelling model"))?,
            letters: strings("in")
                .filter_map(|letter| letter.chars().next())
                .zip(1..)
                .collect(),
            phonemes: strings("out").collect(),
            max_letters: table["maxlen"].as_u64().unwrap_or_default() as usize,
        })
    }

    /// Ids of the letters the network knows; an accent it does not know is left off.
    fn letter_ids(&self, word: &str) -> Vec<i32> {
        let known = |letter: char| {
            let base = std::iter::once(letter).nfd().next();
            self.letters
                .get(&letter)
                .or_else(|| self.letters.get(&base?))
        };
        word.nfc()
            .filter_map(known)
            .copied()
            .take(self.max_letters)
            .collect()
    }
}

impl Fallback for UnknownWords {
    /// Phonemes of `word`; empty when it has no letter the network knows.
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        let ids = self.letter_ids(word);
        if ids.is_empty() {
            return Ok(String::new());
        }
        let input = NdTensor::from_data([1, ids.len()], ids);
        let failed = || FallbackError::NoPhonemes {
            word: word.to_owned(),
        };
        let output = self
            .model
            .run_one(input.view().into(), None)
            .map_err(|_| failed())?;
        let classes: NdTensor<i32, 2> = output.try_into().map_err(|_| failed())?;
        // The network speaks once for a run of equal classes; class 0 is a gap.
        let mut spoken = String::new();
        let mut previous = 0;
        for &class in classes.iter() {
            if class != previous && class > 0 {
                spoken.extend(self.phonemes.get(class as usize - 1).map(String::as_str));
            }
            previous = class;
        }
        Ok(spoken)
    }
}
