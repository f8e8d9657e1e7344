use async_trait::async_trait;
use domain::Stage;
use domain::video::output::{Speech, StageResult};
use integrations::Observer;
use integrations::media::Body;
use integrations::speech::{SpeechMaker, SpeechRequest};

use super::failover::{Asked, ask};
use super::media;
use super::stage::{Interrupted, Job, StageWorker};

/// Script to speech. Scenes are cut where its completion is decided.
pub(super) struct SpeechStage;

#[async_trait]
impl StageWorker for SpeechStage {
    fn stage(&self) -> Stage {
        Stage::Speech
    }

    fn unit(&self) -> &'static str {
        "words"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        let production = job.production;
        let script = production
            .script
            .as_ref()
            .ok_or_else(|| Interrupted::missing("script"))?;
        let settings = &production.brief.settings;
        let request = SpeechRequest {
            text: script.narration(),
            voice: settings.voice.clone(),
            speed: settings.speed,
            language: settings.language,
            seed: production.brief.seed,
        };
        let observer = job.observer.keeping(&job.journal);
        let asked = Asked {
            scene: None,
            tries: 1,
            journal: &job.journal,
        };
        let speakers = &job.pipeline.providers.speech;
        let speakers = speakers.those(|speaker| speaker.may_know(&request.voice));
        let spoken = ask(job, asked, &speakers, SpeechMaker::name, |speaker| {
            speaker.speak(&request, &observer)
        });
        let spoken = spoken.await?;
        let key = media::working(job.video, "speech", production.attempt, "wav");
        let audio = job
            .pipeline
            .media
            .put(&key, Body::Bytes(spoken.wav), &Observer::silent())
            .await?;
        Ok(StageResult::Speech(Speech {
            audio,
            duration_ms: spoken.duration_ms,
            words: spoken.words,
            provider: spoken.provider,
        }))
    }
}
