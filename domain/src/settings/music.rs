//! What plays under the voice.

use serde::{Deserialize, Serialize};

use super::Mood;
use crate::MediaKey;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Music {
    /// The voice alone.
    None,
    /// A quiet bed made for the film; without a mood, the script's.
    Bed { mood: Option<Mood> },
    /// A file the user brought.
    Own { key: MediaKey },
}
