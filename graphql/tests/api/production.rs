//! What workers do to a video, without the workers.

use domain::settings::Mood;
use domain::video::VideoCommand;
use domain::video::output::{
    Film, Publication, Script, ScriptScene, ScriptSource, Speech, SpokenWord, StageResult,
};
use domain::{Asset, Failure, FailureClass, MediaKey, Microusd, Provider, Stage};
use integrations::Observer;
use integrations::media::Body;
use uuid::Uuid;

use crate::harness::App;

pub(crate) fn script() -> Script {
    let scene = |text: &str, visual: &str| ScriptScene {
        text: text.to_owned(),
        visual: visual.to_owned(),
    };
    Script {
        title: "Three Hearts: \"why?\"".to_owned(),
        description: "An octopus has three hearts.".to_owned(),
        hashtags: vec!["octopus".to_owned(), "science".to_owned()],
        scenes: vec![
            scene("Three hearts beat.", "an octopus on a reef"),
            scene("Two feed the gills.", "two hearts beside gills"),
        ],
        sources: vec![ScriptSource {
            title: "The Octopus".to_owned(),
            url: Some("https://example.org/octopus".to_owned()),
        }],
        mood: Mood::Calm,
        provider: Provider {
            name: "openai".to_owned(),
            model: "small".to_owned(),
            cost: Microusd(1_500),
            usage: Vec::new(),
            prompt: None,
        },
    }
}

fn spoken(audio: Asset) -> Speech {
    let words = "Three hearts beat. Two feed the gills.";
    let word = |(index, text): (usize, &str)| SpokenWord {
        text: text.to_owned(),
        start_ms: index as u32 * 1_500,
        end_ms: index as u32 * 1_500 + 1_200,
    };
    Speech {
        audio,
        duration_ms: 10_500,
        words: words.split(' ').enumerate().map(word).collect(),
        provider: Provider::offline("hibari"),
    }
}

pub(crate) fn failure() -> Failure {
    Failure {
        class: FailureClass::UserFixable,
        code: "unauthorized".to_owned(),
        message: "openai does not accept its key; correct the key, then retry".to_owned(),
        retry_after_ms: None,
    }
}

impl App {
    async fn keep(&self, video: Uuid, name: &str, content: &str) -> Asset {
        let key = MediaKey::try_new(format!("videos/{video}/{name}")).unwrap();
        let body = Body::Bytes(content.to_owned().into());
        let kept = self.media.put(&key, body, &Observer::silent()).await;
        kept.unwrap()
    }

    pub(crate) async fn begin(&self, video: Uuid, stage: Stage) -> String {
        let start = VideoCommand::StartStage { stage, attempt: 1 };
        self.work(video, start).await
    }

    pub(crate) async fn complete(&self, video: Uuid, result: StageResult) -> String {
        let complete = VideoCommand::CompleteStage { attempt: 1, result };
        self.work(video, complete).await
    }

    pub(crate) async fn fail(&self, video: Uuid, stage: Stage) -> String {
        self.begin(video, stage).await;
        let fail = VideoCommand::FailStage {
            stage,
            attempt: 1,
            failure: failure(),
            at: chrono::DateTime::UNIX_EPOCH,
            jitter: 0.0,
        };
        self.work(video, fail).await
    }

    pub(crate) async fn write(&self, video: Uuid) -> String {
        self.begin(video, Stage::Script).await;
        self.complete_script(video).await
    }

    pub(crate) async fn complete_script(&self, video: Uuid) -> String {
        self.complete(video, StageResult::Script(script())).await
    }

    pub(crate) async fn speak(&self, video: Uuid) -> String {
        self.begin(video, Stage::Speech).await;
        let audio = self.keep(video, "work/speech-1.wav", "speech").await;
        self.complete(video, StageResult::Speech(spoken(audio)))
            .await
    }

    pub(crate) async fn draw(&self, video: Uuid, scene: u16) -> String {
        let name = format!("work/scene-{scene}.png");
        let draw = VideoCommand::RecordSceneImage {
            scene,
            image: self.keep(video, &name, "picture").await,
            provider: Provider::offline("packs"),
        };
        self.work(video, draw).await
    }

    /// All stages. The film's bytes are `0123456789`.
    pub(crate) async fn produce(&self, video: Uuid) -> String {
        self.write(video).await;
        self.produce_what_is_written(video).await
    }

    pub(crate) async fn produce_what_is_written(&self, video: Uuid) -> String {
        self.speak(video).await;
        self.begin(video, Stage::Images).await;
        self.draw(video, 0).await;
        self.draw(video, 1).await;
        self.complete(video, StageResult::Images).await;
        self.begin(video, Stage::Assembly).await;
        let film = Film {
            asset: self.keep(video, "work/film-1.mp4", "0123456789").await,
            duration_ms: 10_500,
            width: 1080,
            height: 1920,
            integrated_lufs: -14.1,
            true_peak_dbtp: -1.5,
            provider: Provider::offline("render"),
        };
        self.complete(video, StageResult::Assembly(film)).await;
        self.begin(video, Stage::Upload).await;
        let publication = Publication {
            video: self.keep(video, "video.mp4", "0123456789").await,
            thumbnail: self.keep(video, "thumbnail.jpg", "still").await,
            thumbnail_webp: Some(self.keep(video, "thumbnail.webp", "still").await),
            captions_srt: self.keep(video, "captions.srt", "1").await,
            captions_vtt: self.keep(video, "captions.vtt", "WEBVTT").await,
        };
        self.complete(video, StageResult::Upload(publication.into()))
            .await
    }
}
