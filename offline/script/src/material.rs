//! The written material, in the shape of the JSON files.

use serde::{Deserialize, Serialize};

/// The places a picture can be set in; every visual names exactly one.
pub const SETTINGS: [&str; 16] = [
    "space",
    "underwater ocean",
    "desert",
    "forest",
    "mountain",
    "night",
    "spooky graveyard",
    "interior room",
    "city",
    "meadow",
    "arctic ice",
    "beach",
    "laboratory",
    "library",
    "temple ruins",
    "sky",
];

/// The feeling of a script, for choosing music.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    Uplift,
    Mystery,
    Scary,
    Calm,
}

/// A book, paper or page that bears the facts out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub title: String,
    /// Absent for what is found in print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One topic, told with facts (or, if `fiction`, a story).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackFile {
    pub(crate) title: String,
    pub(crate) mood: Mood,
    #[serde(default)]
    pub(crate) fiction: bool,
    /// Phrases; a topic is about this pack only if it holds every word of one.
    pub(crate) keywords: Vec<String>,
    /// Further words a topic may use without being about something else.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) sources: Vec<Source>,
    pub(crate) script: Outline,
}

/// How a niche looks at any topic, and remarks it can add to any script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NicheFile {
    pub(crate) mood: Mood,
    #[serde(default)]
    pub(crate) fiction: bool,
    /// Ends the title of a script in the general form.
    pub(crate) angle: String,
    pub(crate) tags: Vec<String>,
    /// With `{topic}`, `{it}` and `{hero}` where the topic goes; see `topic::Topic`.
    pub(crate) script: Outline,
    /// Lines that claim nothing, for filling a long script.
    pub(crate) asides: Vec<Line>,
}

/// Everything that may be said, in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outline {
    pub(crate) hook: OneOf,
    pub(crate) intro: Line,
    pub(crate) beats: Vec<Beat>,
    pub(crate) twist: Line,
    pub(crate) call: OneOf,
}

/// Several wordings over one picture; exactly one is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneOf {
    pub(crate) say: Vec<String>,
    pub(crate) show: String,
}

/// Lines that build on each other: a script uses the first few, or none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beat {
    /// 1 (leave out first) to 5 (the heart of the matter).
    pub(crate) weight: u8,
    /// How many lines are needed for the rest to make sense.
    #[serde(default = "one")]
    pub(crate) at_least: usize,
    pub(crate) lines: Vec<Line>,
}

fn one() -> usize {
    1
}

/// One scene.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) say: String,
    pub(crate) show: String,
}
