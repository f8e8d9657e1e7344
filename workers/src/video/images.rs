use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::video::VideoCommand;
use domain::video::output::{Scene, StageResult};
use domain::{Asset, FailureClass, MediaKey, Provider, Stage};
use futures::StreamExt;
use integrations::Observer;
use integrations::images::{ImageMaker, ImageRequest};
use integrations::media::{Body, MediaError};

use super::failover::{Asked, ask, note};
use super::jobs::LoggedJobs;
use super::media;
use super::stage::{Interrupted, Job, StageWorker};

const WIDTH_PX: u32 = 1080;
const HEIGHT_PX: u32 = 1920;
/// How often a provider is asked for a picture before the next one is.
const TRIES: u32 = 3;

/// One picture a scene, all at once as far as the program allows; each is
/// recorded as soon as it is kept, so none is drawn twice.
pub(super) struct ImagesStage;

#[async_trait]
impl StageWorker for ImagesStage {
    fn stage(&self) -> Stage {
        Stage::Images
    }

    fn unit(&self) -> &'static str {
        "scenes"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        let total = job.production.scenes.len() as u64;
        let missing: Vec<u16> = job.production.missing_images().collect();
        let done = AtomicU64::new(total - missing.len() as u64);
        job.observer.progress(done.load(Ordering::Relaxed), total);

        let done = &done;
        let scenes = missing.into_iter().map(|scene| async move {
            let outcome = self.illustrate(job, scene).await;
            if outcome.is_ok() {
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                job.observer.progress(done, total);
            }
            outcome
        });
        // Every scene is seen through, also after one has failed: what others
        // have drawn is not thrown away.
        let outcomes: Vec<Result<(), Interrupted>> = futures::stream::iter(scenes)
            .buffer_unordered(usize::from(u16::MAX))
            .collect()
            .await;
        outcomes.into_iter().collect::<Result<(), _>>()?;
        Ok(StageResult::Images)
    }
}

impl ImagesStage {
    async fn illustrate(&self, job: &Job<'_>, number: u16) -> Result<(), Interrupted> {
        let scene: &Scene = &job.production.scenes[usize::from(number)];
        let pipeline = job.pipeline;
        let _turn = tokio::select! {
            () = job.observer.cancelled() => return Err(Interrupted::Stopped),
            turn = pipeline.drawing.acquire() => turn.expect("the semaphore is never closed"),
        };
        if let Some(own) = &scene.own_picture {
            return use_own(job, number, own).await;
        }
        let brief = &job.production.brief;
        let request = ImageRequest {
            description: scene.visual.clone(),
            style: brief.settings.art_style,
            video_seed: brief.seed,
            seed: brief.seed.wrapping_add(u64::from(number)),
            width_px: WIDTH_PX,
            height_px: HEIGHT_PX,
        };
        let journal = job.journal_of(number);
        let asked = Asked {
            scene: Some(number),
            tries: TRIES,
            journal: &journal,
        };
        let quiet = job.observer.without_progress().keeping(&journal);
        let jobs = LoggedJobs::new(job, number);
        let drawers = &pipeline.providers.images;
        let drawn = ask(job, asked, drawers, ImageMaker::name, |drawer| {
            drawer.draw(&request, &jobs, &quiet)
        });
        let drawn = drawn.await?;
        let key = place(job, number, drawn.format.extension());
        let image = pipeline
            .media
            .put(&key, Body::Bytes(drawn.bytes), &Observer::silent())
            .await?;
        let command = VideoCommand::RecordSceneImage {
            scene: number,
            image,
            provider: drawn.provider,
        };
        note(job, command).await?;
        journal.close().await;
        Ok(())
    }
}

/// Takes a copy of what the user brought, so that the video has all that it is
/// made of, whatever becomes of the file.
async fn use_own(job: &Job<'_>, number: u16, own: &Asset) -> Result<(), Interrupted> {
    let (_, extension) = own.key.file_name().rsplit_once('.').unwrap_or_default();
    let key = place(job, number, extension);
    let copied = job.pipeline.media.copy(&own.key, &key).await;
    copied.map_err(|error| missing_picture(number, error))?;
    let command = VideoCommand::RecordSceneImage {
        scene: number,
        image: Asset { key, ..own.clone() },
        provider: Provider::own("picture"),
    };
    note(job, command).await
}

fn missing_picture(number: u16, error: MediaError) -> Interrupted {
    match error {
        MediaError::NotFound { key } => Interrupted::failed(
            FailureClass::UserFixable,
            "picture-missing",
            format!(
                "the picture {key} for scene {} is no longer in the media store; bring it again \
                 and retry",
                number + 1
            ),
        ),
        error => error.into(),
    }
}

fn place(job: &Job<'_>, number: u16, extension: &str) -> MediaKey {
    let name = format!("scene-{number:03}");
    media::working(job.video, &name, job.production.attempt, extension)
}
