use std::ops::RangeInclusive;

use crate::{
    error::ScriptError,
    niche::{Niche, niches},
    topic,
};

/// Video lengths a script can be written for, in seconds.
pub const DURATIONS_S: [u16; 3] = [30, 60, 90];

/// Speaking paces the packs hold enough words for, in [`crate::spoken_words`].
///
/// The offline voice speaks 3.3 of them a second at speed 1.0, pauses included,
/// so its speeds 0.6 to 1.27 are served.
pub const WORDS_PER_SECOND: RangeInclusive<f32> = 1.9..=4.2;

/// What to write; see [`crate::write`].
#[derive(Debug, Clone, Copy)]
pub struct ScriptRequest<'a> {
    /// Any text in any language; only its first dozen words are ever spoken.
    pub topic: &'a str,
    /// A slug from [`niches`].
    pub niche: &'a str,
    /// One of [`DURATIONS_S`].
    pub duration_s: u16,
    /// Pace of the voice, pauses included; within [`WORDS_PER_SECOND`].
    pub words_per_second: f32,
    /// The same request with the same seed gives the same script.
    pub seed: u64,
}

impl ScriptRequest<'_> {
    pub(crate) fn check(&self) -> Result<&'static Niche, ScriptError> {
        if topic::is_blank(self.topic) {
            return Err(ScriptError::EmptyTopic);
        }
        if !DURATIONS_S.contains(&self.duration_s) {
            return Err(ScriptError::UnsupportedDuration {
                given_s: self.duration_s,
            });
        }
        if !WORDS_PER_SECOND.contains(&self.words_per_second) {
            return Err(ScriptError::UnsupportedPace {
                given: self.words_per_second,
                slowest: *WORDS_PER_SECOND.start(),
                fastest: *WORDS_PER_SECOND.end(),
            });
        }
        let known = niches();
        known
            .iter()
            .find(|niche| niche.slug == self.niche)
            .ok_or_else(|| ScriptError::UnknownNiche {
                given: self.niche.to_owned(),
                known: known
                    .iter()
                    .map(|niche| niche.slug)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    pub(crate) fn target_words(&self) -> f32 {
        f32::from(self.duration_s) * self.words_per_second
    }
}
