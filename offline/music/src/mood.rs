use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// What a piece feels like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// Slow, major, few notes.
    Calm,
    /// Bright and moving, with a soft beat.
    Uplift,
    /// Minor, with long echoes.
    Mystery,
    /// Dark and low, with a heartbeat.
    Scary,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("music mood \"{0}\" is unknown; choose calm, uplift, mystery or scary")]
pub struct UnknownMood(String);

impl Mood {
    pub const ALL: [Self; 4] = [Self::Calm, Self::Uplift, Self::Mystery, Self::Scary];

    /// The name settings store and `FromStr` reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Uplift => "uplift",
            Self::Mystery => "mystery",
            Self::Scary => "scary",
        }
    }
}

impl fmt::Display for Mood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mood {
    type Err = UnknownMood;

    fn from_str(name: &str) -> Result<Self, UnknownMood> {
        Self::ALL
            .into_iter()
            .find(|mood| mood.name() == name)
            .ok_or_else(|| UnknownMood(name.chars().take(40).collect()))
    }
}
