//! Who speaks, and how fast.

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// A voice by its id, such as `heart`. Which voices exist is for the speech
/// providers to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VoiceId(String);

impl VoiceId {
    pub fn try_new(id: &str) -> Result<Self, InvalidField> {
        let sound = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b':'));
        if sound {
            Ok(Self(id.to_owned()))
        } else {
            Err(InvalidField::new(
                "voice",
                format!("{id:?} is not a voice id: 1 to 64 letters, digits, '-', '_', '/' or ':'"),
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for VoiceId {
    fn default() -> Self {
        Self("heart".to_owned())
    }
}

/// Speed of speech in percent of the voice's own pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SpeechSpeed(u16);

impl SpeechSpeed {
    pub const MIN_PERCENT: u16 = 70;
    pub const MAX_PERCENT: u16 = 130;

    pub fn try_from_percent(percent: i64) -> Result<Self, InvalidField> {
        u16::try_from(percent)
            .ok()
            .filter(|percent| (Self::MIN_PERCENT..=Self::MAX_PERCENT).contains(percent))
            .map(Self)
            .ok_or_else(|| {
                InvalidField::new(
                    "speedPercent",
                    format!(
                        "{percent} is out of range; choose {} to {}",
                        Self::MIN_PERCENT,
                        Self::MAX_PERCENT
                    ),
                )
            })
    }

    pub const fn percent(self) -> u16 {
        self.0
    }

    /// 1.0 at the voice's own pace.
    pub fn factor(self) -> f32 {
        f32::from(self.0) / 100.0
    }
}

impl Default for SpeechSpeed {
    fn default() -> Self {
        Self(100)
    }
}
