//! What only outside systems know about settings: which voices there are, and
//! whether a file of music is there.

use std::error::Error;

use domain::settings::{Language, Music, ProductionSettings};
use domain::{MediaKey, UserId};
use integrations::media::MediaError;
use integrations::speech::VoiceInfo;

use crate::Api;
use crate::error::{Refusal, UserError};
use crate::music;
use crate::problems::Problems;

/// Notes what of `settings` cannot be had now.
pub(crate) async fn check(
    api: &Api,
    viewer: UserId,
    settings: &ProductionSettings,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    match api.providers.speech.voices().await {
        Ok(voices) => check_voice(settings, &voices, problems),
        // Then the speech stage says so, and the video can be retried.
        Err(error) => tracing::warn!(
            error = &error as &dyn Error,
            "the voices could not be listed, so a voice was not checked"
        ),
    }
    if let Music::Own { key } = &settings.music {
        check_music(api, viewer, key, problems).await?;
    }
    Ok(())
}

fn check_voice(settings: &ProductionSettings, voices: &[VoiceInfo], problems: &mut Problems) {
    let (voice, language) = (settings.voice.as_str(), settings.language);
    let speakers: Vec<_> = voices
        .iter()
        .filter(|voice| voice.languages.contains(&language))
        .map(|voice| voice.id.as_str())
        .collect();
    if speakers.is_empty() {
        let known = spoken(voices);
        let message = format!(
            "language: no voice speaks {}; choose one of {known}",
            language.label()
        );
        problems.add(UserError::new("settings.language", "INVALID", message));
    } else if !speakers.contains(&voice) {
        let problem = if voices.iter().any(|known| known.id == settings.voice) {
            format!("does not speak {}", language.label())
        } else {
            "is not known".to_owned()
        };
        let message = format!(
            "voice: {voice:?} {problem}; choose one of {}",
            speakers.join(", ")
        );
        problems.add(UserError::new("settings.voice", "INVALID", message));
    }
}

fn spoken(voices: &[VoiceInfo]) -> String {
    let spoken: Vec<_> = Language::ALL
        .iter()
        .filter(|language| {
            voices
                .iter()
                .any(|voice| voice.languages.contains(language))
        })
        .map(|language| language.slug())
        .collect();
    spoken.join(", ")
}

async fn check_music(
    api: &Api,
    viewer: UserId,
    key: &MediaKey,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    let is_there = music::is_of(viewer, key)
        && match api.media.head(key).await {
            Ok(_) => true,
            Err(MediaError::NotFound { .. }) => false,
            Err(error) => return Err(Refusal::unexpected(error)),
        };
    if !is_there {
        let message = format!(
            "key: there is no music {key}; upload a file with `uploadMusic` and pass the key it \
             gives"
        );
        problems.add(UserError::new("settings.music.key", "NOT_FOUND", message));
    }
    Ok(())
}
