//! References to media. The bytes live in the media store, never in events.

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// Where a file lies in the media store: `videos/<id>/film.mp4`.
///
/// Parts of letters, digits, `.`, `-` and `_`, joined by `/`; no part starts
/// with a dot, so a key can never climb out of its store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaKey(String);

impl MediaKey {
    pub const MAX_BYTES: usize = 512;

    pub fn try_new(key: impl Into<String>) -> Result<Self, InvalidField> {
        let key = key.into();
        let sound = key.len() <= Self::MAX_BYTES && key.split('/').all(is_sound_part);
        if sound {
            Ok(Self(key))
        } else {
            Err(InvalidField::new(
                "media key",
                format!(
                    "{key:?} is not a key: parts of letters, digits, '.', '-' and '_' joined by \
                     '/', none starting with a dot, {} bytes at most",
                    Self::MAX_BYTES
                ),
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the last slash.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

fn is_sound_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with('.')
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

impl TryFrom<String> for MediaKey {
    type Error = InvalidField;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        Self::try_new(key)
    }
}

impl From<MediaKey> for String {
    fn from(key: MediaKey) -> Self {
        key.0
    }
}

impl std::fmt::Display for MediaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file in the media store, and how to know that it is still the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub key: MediaKey,
    pub content_type: String,
    pub bytes: u64,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_never_climb_out_of_their_store() {
        for key in [
            "",
            "/etc",
            "a//b",
            "../x",
            "a/../b",
            "a/.hidden",
            "a\\b",
            "é",
            "a/",
        ] {
            assert!(MediaKey::try_new(key).is_err(), "{key:?} was accepted");
        }
        assert!(MediaKey::try_new("videos/0193/scenes/03.png").is_ok());
    }

    #[test]
    fn a_stored_key_is_checked_again_when_it_is_read() {
        assert!(serde_json::from_str::<MediaKey>(r#""../../etc/passwd""#).is_err());
    }
}
