use async_trait::async_trait;
use domain::Provider;
use domain::settings::{Language, Mood, VoiceId};
use domain::video::output::{Script, ScriptScene, SpokenWord};

use super::{Fake, picture, sound};
use crate::images::{DrawnImage, ImageFormat, ImageMaker, ImageRequest, JobRecord};
use crate::music::{MusicMaker, MusicRequest, PlayedMusic};
use crate::script::{ScriptRequest, ScriptWriter};
use crate::speech::{Preview, SpeechMaker, SpeechRequest, SpokenAudio, VoiceInfo};
use crate::{Observer, ProviderError};

const NAME: &str = "fake";
/// The one voice that the fake speech maker lists.
pub const FAKE_VOICE: &str = "heart";
/// Scenes of a script; each is spoken for 4.4 seconds.
pub const SCENES: usize = 3;
const WORD_MS: u32 = 400;

#[async_trait]
impl ScriptWriter for Fake<ScriptRequest> {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(
        &self,
        request: &ScriptRequest,
        observer: &Observer,
    ) -> Result<Script, ProviderError> {
        self.answer(request, observer, script).await
    }
}

#[async_trait]
impl SpeechMaker for Fake<SpeechRequest> {
    fn name(&self) -> &str {
        NAME
    }

    async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        Ok(vec![VoiceInfo {
            id: VoiceId::try_new(FAKE_VOICE).expect("it is made of letters"),
            name: "Fake".to_owned(),
            languages: vec![Language::English],
            description: "a quiet tone".to_owned(),
            preview: Preview::None,
        }])
    }

    fn may_know(&self, _: &VoiceId) -> bool {
        true
    }

    async fn speak(
        &self,
        request: &SpeechRequest,
        observer: &Observer,
    ) -> Result<SpokenAudio, ProviderError> {
        self.answer(request, observer, speech).await
    }
}

#[async_trait]
impl ImageMaker for Fake<ImageRequest> {
    fn name(&self) -> &str {
        NAME
    }

    async fn draw(
        &self,
        request: &ImageRequest,
        _: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<DrawnImage, ProviderError> {
        self.answer(request, observer, |request| DrawnImage {
            bytes: picture::plain(request).into(),
            format: ImageFormat::Png,
            provider: provider(),
        })
        .await
    }
}

#[async_trait]
impl MusicMaker for Fake<MusicRequest> {
    fn name(&self) -> &str {
        NAME
    }

    async fn play(
        &self,
        request: &MusicRequest,
        observer: &Observer,
    ) -> Result<PlayedMusic, ProviderError> {
        self.answer(request, observer, |request| PlayedMusic {
            wav: sound::tone(request.duration_ms).into(),
            provider: provider(),
        })
        .await
    }
}

fn provider() -> Provider {
    Provider {
        name: NAME.to_owned(),
        ..Provider::offline("fake")
    }
}

fn script(request: &ScriptRequest) -> Script {
    let topic = request.topic.as_str();
    let scenes = (1..=SCENES).map(|scene| ScriptScene {
        text: format!("This is scene {scene} of {SCENES}, and it has eleven words."),
        visual: format!("scene {scene} about {topic}"),
    });
    Script {
        title: topic.to_owned(),
        description: format!("A video about {topic}."),
        hashtags: vec!["fake".to_owned()],
        scenes: scenes.collect(),
        sources: Vec::new(),
        mood: Mood::Calm,
        provider: provider(),
    }
}

fn speech(request: &SpeechRequest) -> SpokenAudio {
    let words: Vec<_> = (0..)
        .map(|place| place * WORD_MS)
        .zip(request.text.split_whitespace())
        .map(|(start_ms, word)| SpokenWord {
            text: word.to_owned(),
            start_ms,
            end_ms: start_ms + WORD_MS * 3 / 4,
        })
        .collect();
    let duration_ms = words.last().map_or(WORD_MS, |word| word.start_ms + WORD_MS);
    SpokenAudio {
        wav: sound::tone(duration_ms).into(),
        duration_ms,
        words,
        provider: provider(),
    }
}
