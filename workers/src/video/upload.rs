use async_trait::async_trait;
use domain::video::output::{Film, Publication, Speech, StageResult};
use domain::{Asset, Stage};
use integrations::Observer;
use integrations::media::{Body, content_type};

use super::stage::{Interrupted, Job, StageWorker};
use super::{captions, media};

/// The frame shown before the video plays: late enough that the first caption
/// stands, early enough to be the hook.
const THUMBNAIL_AT_MS: u64 = 1_500;

/// Film, thumbnail and captions to where people fetch them.
pub(super) struct UploadStage;

#[async_trait]
impl StageWorker for UploadStage {
    fn stage(&self) -> Stage {
        Stage::Upload
    }

    fn unit(&self) -> &'static str {
        "files"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        let production = job.production;
        let film = production
            .film
            .as_ref()
            .ok_or_else(|| Interrupted::missing("film"))?;
        let speech = production
            .speech
            .as_ref()
            .ok_or_else(|| Interrupted::missing("speech"))?;
        let count = |done| job.observer.progress(done, 5);
        count(0);
        let (thumbnail, thumbnail_webp) = thumbnails(job, film).await?;
        count(2);
        let (captions_srt, captions_vtt) = captions_files(job, speech).await?;
        count(4);
        let video = publish(job, film).await?;
        count(5);
        let publication = Publication {
            video,
            thumbnail,
            thumbnail_webp: Some(thumbnail_webp),
            captions_srt,
            captions_vtt,
        };
        Ok(StageResult::Upload(publication.into()))
    }
}

async fn publish(job: &Job<'_>, film: &Film) -> Result<Asset, Interrupted> {
    let key = media::published(job.video, "video.mp4");
    job.pipeline.media.copy(&film.asset.key, &key).await?;
    Ok(Asset {
        content_type: content_type(&key).to_owned(),
        key,
        ..film.asset.clone()
    })
}

/// As JPEG, which every platform takes, and as WebP, which is smaller.
async fn thumbnails(job: &Job<'_>, film: &Film) -> Result<(Asset, Asset), Interrupted> {
    let folder = job
        .pipeline
        .working_folder("thumbnail")
        .map_err(|error| Interrupted::scratch(&error))?;
    let source = folder.path().join("film.mp4");
    job.pipeline.media.fetch_asset(&film.asset, &source).await?;
    let at_ms = THUMBNAIL_AT_MS.min(u64::from(film.duration_ms) / 2);
    let still = async |name| {
        let (source, out) = (source.clone(), folder.path().join(name));
        let path = out.clone();
        let still = tokio::task::spawn_blocking(move || render::still(&source, at_ms, &path));
        match still.await {
            Ok(still) => still?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
        let key = media::published(job.video, name);
        let store = &job.pipeline.media;
        Ok::<_, Interrupted>(
            store
                .put(&key, Body::File(out), &Observer::silent())
                .await?,
        )
    };
    Ok((
        still("thumbnail.jpg").await?,
        still("thumbnail.webp").await?,
    ))
}

async fn captions_files(job: &Job<'_>, speech: &Speech) -> Result<(Asset, Asset), Interrupted> {
    let cues = captions::cues(&speech.words);
    let put = async |name, text: String| {
        let key = media::published(job.video, name);
        let body = Body::Bytes(text.into());
        job.pipeline
            .media
            .put(&key, body, &Observer::silent())
            .await
    };
    Ok((
        put("captions.srt", captions::srt(&cues)).await?,
        put("captions.vtt", captions::vtt(&cues)).await?,
    ))
}
