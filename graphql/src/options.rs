//! What a video can be made of.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::settings::{ArtStyle, CaptionStyle, Language, Mood, Niche, TargetDuration};
use integrations::speech::{Preview, VoiceInfo};

use crate::context::Asking;
use crate::error::refused;
use crate::reading::OrUnexpected;

/// One of a closed set.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Choice {
    /// What inputs take: `oil-painting`.
    slug: String,
    /// What people read: `Oil Painting`.
    label: String,
}

macro_rules! choice_of {
    ($($set:ident),+) => {
        $(impl From<$set> for Choice {
            fn from(chosen: $set) -> Self {
                Self { slug: chosen.slug().to_owned(), label: chosen.label().to_owned() }
            }
        })+
    };
}

choice_of!(
    ArtStyle,
    CaptionStyle,
    Language,
    Mood,
    Niche,
    TargetDuration
);

fn all<T: Copy + Into<Choice>>(set: &[T]) -> Vec<Choice> {
    set.iter().copied().map(Into::into).collect()
}

/// Somebody who can read the narration.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Voice {
    /// What inputs take: `heart`.
    id: String,
    name: String,
    /// What it speaks.
    languages: Vec<Choice>,
    /// For people who choose: `warm, unhurried`.
    description: String,
    /// The address of a sound file with this voice, where there is one; a path
    /// on this server where the voice is its own.
    preview: Option<String>,
}

impl From<VoiceInfo> for Voice {
    fn from(voice: VoiceInfo) -> Self {
        let id = voice.id.as_str().to_owned();
        let preview = match voice.preview {
            Preview::At(address) => Some(address),
            Preview::Free => Some(format!("/voices/{id}")),
            Preview::None => None,
        };
        Self {
            id,
            name: voice.name,
            languages: all(&voice.languages),
            description: voice.description,
            preview,
        }
    }
}

/// Whether each word of `search` is somewhere in what is said of `voice`.
fn is_found(voice: &VoiceInfo, search: &str) -> bool {
    let id = voice.id.as_str();
    let said = format!("{id} {} {}", voice.name, voice.description).to_lowercase();
    let search = search.to_lowercase();
    search.split_whitespace().all(|word| said.contains(word))
}

pub(crate) struct Options;

/// Everything that settings can be set to.
#[Object]
impl Options {
    /// What a channel is about; gives the script its tone and vocabulary.
    async fn niches(&self) -> Vec<Choice> {
        all(Niche::ALL)
    }

    /// How pictures are drawn.
    async fn art_styles(&self) -> Vec<Choice> {
        all(ArtStyle::ALL)
    }

    /// How captions are drawn.
    async fn caption_styles(&self) -> Vec<Choice> {
        all(CaptionStyle::ALL)
    }

    /// What can be spoken; each voice says which of these it speaks.
    async fn languages(&self) -> Vec<Choice> {
        all(Language::ALL)
    }

    /// How long a film can be; the slug is its length in seconds.
    async fn durations(&self) -> Vec<Choice> {
        all(TargetDuration::ALL)
    }

    /// What a bed of music can feel like.
    async fn moods(&self) -> Vec<Choice> {
        all(Mood::ALL)
    }

    /// The voices of the speech makers that are set up now.
    async fn voices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words of their names or descriptions, such as `warm female`.")]
        search: Option<String>,
        #[graphql(desc = "A slug of `languages`: only those that speak it.")] language: Option<
            String,
        >,
    ) -> Result<Vec<Voice>> {
        let language = language.map(|slug| slug.parse::<Language>()).transpose();
        let language =
            language.map_err(|error| refused("language", "INVALID", error.to_string()))?;
        let search = search.unwrap_or_default();
        let voices = ctx.api().providers.speech.voices().await;
        let mut voices = voices.or_unexpected(ctx)?;
        voices.retain(|voice| {
            language.is_none_or(|language| voice.languages.contains(&language))
                && is_found(voice, &search)
        });
        Ok(voices.into_iter().map(Into::into).collect())
    }
}

#[derive(Default)]
pub(crate) struct OptionsQuery;

#[Object]
impl OptionsQuery {
    /// What a video can be made of: the values that inputs accept.
    async fn options(&self) -> Options {
        Options
    }
}
