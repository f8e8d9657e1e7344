use async_graphql::{Enum, SimpleObject};
use domain::settings::{self, ProductionSettings};

use crate::options::Choice;

/// How a video looks and sounds. A series has one for its videos to come; a
/// video keeps the one it was requested with.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "ProductionSettings")]
pub(crate) struct Settings {
    /// What the channel is about.
    niche: Choice,
    /// How pictures are drawn.
    art_style: Choice,
    /// Who reads the narration: the id of one of `options.voices`.
    voice: String,
    /// The voice's pace, in percent of its own.
    speed_percent: i32,
    /// What is spoken.
    language: Choice,
    /// How long the film should be; it keeps within a tenth of that.
    duration_seconds: i32,
    /// What plays under the voice.
    music: Music,
    /// How captions are drawn.
    caption_style: Choice,
}

impl From<&ProductionSettings> for Settings {
    fn from(settings: &ProductionSettings) -> Self {
        Self {
            niche: settings.niche.into(),
            art_style: settings.art_style.into(),
            voice: settings.voice.as_str().to_owned(),
            speed_percent: settings.speed.percent().into(),
            language: settings.language.into(),
            duration_seconds: settings.duration.seconds().into(),
            music: (&settings.music).into(),
            caption_style: settings.caption_style.into(),
        }
    }
}

/// What plays under the voice.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Music {
    kind: MusicKind,
    /// Of a bed; null when the script chooses it.
    mood: Option<Choice>,
    /// Of one's own file, as `uploadMusic` gave it.
    key: Option<String>,
}

impl From<&settings::Music> for Music {
    fn from(music: &settings::Music) -> Self {
        let (kind, mood, key) = match music {
            settings::Music::None => (MusicKind::None, None, None),
            settings::Music::Bed { mood } => (MusicKind::Bed, mood.map(Choice::from), None),
            settings::Music::Own { key } => (MusicKind::Own, None, Some(key.to_string())),
        };
        Self { kind, mood, key }
    }
}

/// Where the music comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum MusicKind {
    /// The voice alone.
    None,
    /// A quiet bed, made for the film.
    Bed,
    /// A file of one's own, from `uploadMusic`.
    Own,
}
