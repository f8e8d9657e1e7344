use serde::{Deserialize, Serialize};

use crate::material::{Mood, Source};

/// A finished script, ready to be spoken and drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// At most 100 characters.
    pub title: String,
    /// For the post; says that the script was written offline.
    pub description: String,
    /// Without the `#`, lower-case ASCII letters and digits.
    pub hashtags: Vec<String>,
    /// Their texts joined by single spaces are the narration.
    pub scenes: Vec<Scene>,
    /// Where the facts come from; empty when the script claims none.
    pub sources: Vec<Source>,
    pub mood: Mood,
    pub basis: Basis,
}

/// One picture and the whole sentences spoken over it, about four to eight seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    pub text: String,
    /// `hero, setting, light, props, mood`, with one of [`crate::SETTINGS`].
    pub visual: String,
}

/// What the script was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A checked pack, by its id.
    Pack(String),
    /// The general form, which claims nothing about the topic.
    General,
}

impl Script {
    /// The whole text to speak.
    pub fn narration(&self) -> String {
        self.scenes
            .iter()
            .map(|scene| scene.text.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}
