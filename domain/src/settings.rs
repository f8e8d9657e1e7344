//! How a series' videos look and sound.

mod choices;
mod music;
mod voice;

use serde::{Deserialize, Serialize};

pub use choices::{ArtStyle, CaptionStyle, Language, Mood, Niche, TargetDuration};
pub use music::Music;
pub use voice::{SpeechSpeed, VoiceId};

/// Everything about a video except its topic. A series keeps one; a video
/// copies it when it is requested, so later changes leave it as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductionSettings {
    pub niche: Niche,
    pub art_style: ArtStyle,
    pub voice: VoiceId,
    pub speed: SpeechSpeed,
    pub language: Language,
    pub duration: TargetDuration,
    pub music: Music,
    pub caption_style: CaptionStyle,
}

impl Default for ProductionSettings {
    fn default() -> Self {
        Self {
            niche: Niche::Science,
            art_style: ArtStyle::Pixar3d,
            voice: VoiceId::default(),
            speed: SpeechSpeed::default(),
            language: Language::English,
            duration: TargetDuration::Sixty,
            music: Music::Bed { mood: None },
            caption_style: CaptionStyle::BoldOutline,
        }
    }
}
