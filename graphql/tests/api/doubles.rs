//! A clock that stands, ids that count, and makers that nobody should ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::settings::{Language, VoiceId};
use domain::video::output::Script;
use domain::{Clock, IdSource};
use integrations::images::{DrawnImage, ImageMaker, ImageRequest, JobRecord};
use integrations::music::{MusicMaker, MusicRequest, PlayedMusic};
use integrations::script::{ScriptRequest, ScriptWriter};
use integrations::speech::{Preview, SpeechMaker, SpeechRequest, SpokenAudio, VoiceInfo};
use integrations::{Chain, Observer, ProviderError, Providers};
use uuid::Uuid;

/// It is always 1 November 2026, noon.
pub(crate) struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> DateTime<Utc> {
        "2026-11-01T12:00:00Z".parse().unwrap()
    }
}

#[derive(Default)]
pub(crate) struct CountedIds(AtomicU64);

impl IdSource for CountedIds {
    fn fresh(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0xc0de_0000_0000_0000_0000_0000_0000_0000 + u128::from(count))
    }
}

/// `heart` speaks English, `vera` English and Spanish; nobody else speaks.
pub(crate) struct Maker;

pub(crate) fn providers() -> Providers {
    Providers {
        script: Chain::of(Arc::new(Maker)),
        speech: Chain::of(Arc::new(Maker)),
        images: Chain::of(Arc::new(Maker)),
        music: Arc::new(Maker),
    }
}

fn not_asked<T>() -> Result<T, ProviderError> {
    panic!("the API makes nothing; workers do")
}

#[async_trait]
impl SpeechMaker for Maker {
    fn name(&self) -> &str {
        "double"
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        let voice = |id: &str, name: &str, languages: &[Language]| VoiceInfo {
            id: VoiceId::try_new(id).unwrap(),
            name: name.to_owned(),
            languages: languages.to_vec(),
            description: "warm, unhurried".to_owned(),
            preview: Preview::None,
        };
        Ok(vec![
            voice("heart", "Heart", &[Language::English]),
            voice("vera", "Vera", &[Language::English, Language::Spanish]),
        ])
    }

    fn may_know(&self, _: &VoiceId) -> bool {
        true
    }

    async fn speak(&self, _: &SpeechRequest, _: &Observer) -> Result<SpokenAudio, ProviderError> {
        not_asked()
    }
}

/// What a [`Panicking`] maker says.
pub(crate) const PANIC: &str = "the maker went to pieces";

/// Fails as no maker should.
pub(crate) struct Panicking;

#[async_trait]
impl SpeechMaker for Panicking {
    fn name(&self) -> &str {
        "double"
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        panic!("{PANIC}")
    }

    fn may_know(&self, _: &VoiceId) -> bool {
        true
    }

    async fn speak(&self, _: &SpeechRequest, _: &Observer) -> Result<SpokenAudio, ProviderError> {
        not_asked()
    }
}

#[async_trait]
impl ScriptWriter for Maker {
    fn name(&self) -> &str {
        "double"
    }

    async fn write(&self, _: &ScriptRequest, _: &Observer) -> Result<Script, ProviderError> {
        not_asked()
    }
}

#[async_trait]
impl ImageMaker for Maker {
    fn name(&self) -> &str {
        "double"
    }

    async fn draw(
        &self,
        _: &ImageRequest,
        _: &dyn JobRecord,
        _: &Observer,
    ) -> Result<DrawnImage, ProviderError> {
        not_asked()
    }
}

#[async_trait]
impl MusicMaker for Maker {
    fn name(&self) -> &str {
        "double"
    }

    async fn play(&self, _: &MusicRequest, _: &Observer) -> Result<PlayedMusic, ProviderError> {
        not_asked()
    }
}
