use async_graphql::InputObject;
use domain::settings::{Mood, Music, ProductionSettings, SpeechSpeed, TargetDuration, VoiceId};
use domain::{InvalidField, MediaKey};

use super::types::MusicKind;
use crate::problems::Problems;

/// How a video should look and sound. What is left out is as in its series, or
/// as the program does it by default. `options` lists what each can be.
#[derive(Debug, Default, InputObject)]
pub(crate) struct ProductionSettingsInput {
    /// A slug of `options.niches`.
    niche: Option<String>,
    /// A slug of `options.artStyles`.
    art_style: Option<String>,
    /// An id of `options.voices`; it must speak the language.
    voice: Option<String>,
    /// The voice's pace in percent of its own, 70 to 130.
    speed_percent: Option<i32>,
    /// A slug of `options.languages`, such as `en`.
    language: Option<String>,
    /// How long the film should be, in seconds: 30, 60 or 90.
    duration: Option<i32>,
    /// What plays under the voice.
    music: Option<MusicInput>,
    /// A slug of `options.captionStyles`.
    caption_style: Option<String>,
}

/// What should play under the voice.
#[derive(Debug, InputObject)]
pub(crate) struct MusicInput {
    kind: MusicKind,
    /// With `BED`: a slug of `options.moods`; left out, the script chooses.
    mood: Option<String>,
    /// With `OWN`: the key that `uploadMusic` gave.
    key: Option<String>,
}

impl ProductionSettingsInput {
    /// `base` with what was asked for instead. What is wrong with it is noted,
    /// and stays as it was.
    pub(crate) fn over(
        self,
        mut base: ProductionSettings,
        problems: &mut Problems,
    ) -> ProductionSettings {
        let mut fields = Fields { problems };
        fields.set("niche", &mut base.niche, self.niche, |slug| slug.parse());
        fields.set("artStyle", &mut base.art_style, self.art_style, |slug| {
            slug.parse()
        });
        fields.set("voice", &mut base.voice, self.voice, |id| {
            VoiceId::try_new(&id)
        });
        fields.set("speedPercent", &mut base.speed, self.speed_percent, |it| {
            SpeechSpeed::try_from_percent(it.into())
        });
        fields.set("language", &mut base.language, self.language, |slug| {
            slug.parse()
        });
        fields.set("duration", &mut base.duration, self.duration, |seconds| {
            TargetDuration::from_seconds(seconds.into())
        });
        let style = &mut base.caption_style;
        fields.set("captionStyle", style, self.caption_style, |slug| {
            slug.parse()
        });
        if let Some(music) = self.music
            && let Some(music) = music.parse(fields.problems)
        {
            base.music = music;
        }
        base
    }
}

struct Fields<'a> {
    problems: &'a mut Problems,
}

impl Fields<'_> {
    fn set<In, Out>(
        &mut self,
        name: &str,
        field: &mut Out,
        asked: Option<In>,
        parse: impl Fn(In) -> Result<Out, InvalidField>,
    ) {
        let Some(asked) = asked else { return };
        let path = format!("settings.{name}");
        if let Some(value) = self.problems.check(&path, parse(asked)) {
            *field = value;
        }
    }
}

impl MusicInput {
    fn parse(self, problems: &mut Problems) -> Option<Music> {
        let mood = match (self.kind, self.mood) {
            (_, None) => Ok(None),
            (MusicKind::Bed, Some(slug)) => slug.parse::<Mood>().map(Some),
            (_, Some(_)) => misplaced("mood", "BED"),
        };
        let key = match (self.kind, self.key) {
            (MusicKind::Own, Some(key)) => MediaKey::try_new(key).map(Some),
            (MusicKind::Own, None) => Err(InvalidField::new(
                "key",
                "is missing; upload a file with `uploadMusic` and pass the key it gives",
            )),
            (_, None) => Ok(None),
            (_, Some(_)) => misplaced("key", "OWN"),
        };
        let mood = problems.check("settings.music.mood", mood);
        let key = problems.check("settings.music.key", key);
        let (mood, key) = (mood?, key?);
        Some(match key {
            Some(key) => Music::Own { key },
            None if self.kind == MusicKind::Bed => Music::Bed { mood },
            None => Music::None,
        })
    }
}

fn misplaced<T>(field: &'static str, kind: &str) -> Result<T, InvalidField> {
    let problem = format!("goes with music of the kind {kind} only; leave it out");
    Err(InvalidField::new(field, problem))
}
