use std::path::{Path, PathBuf};

use async_trait::async_trait;
use domain::settings::{CaptionStyle, Music};
use domain::video::output::{Film, SpokenWord, StageResult};
use domain::{FailureClass, MediaKey, Provider, Stage};
use integrations::Observer;
use integrations::media::{Body, MediaError};
use integrations::music::MusicRequest;
use render::{CaptionWord, Plan, Preset, Shot};

use super::media;
use super::stage::{Interrupted, Job, StageWorker};

const WIDTH_PX: usize = 1080;
const HEIGHT_PX: usize = 1920;
const FPS: u32 = 30;
/// Recorded for a film too short for its loudness to be measured.
const UNMEASURED_LUFS: f64 = -70.0;

/// Pictures, speech, captions and music to a film.
pub(super) struct AssemblyStage;

#[async_trait]
impl StageWorker for AssemblyStage {
    fn stage(&self) -> Stage {
        Stage::Assembly
    }

    fn unit(&self) -> &'static str {
        "frames"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        let folder = job
            .pipeline
            .working_folder("assembly")
            .map_err(|error| Interrupted::scratch(&error))?;
        let plan = plan(job, folder.path()).await?;
        let out = folder.path().join("film.mp4");
        let made = render(job, plan, out.clone(), folder.path().to_owned()).await?;
        let key = media::working(job.video, "film", job.production.attempt, "mp4");
        let asset = job
            .pipeline
            .media
            .put(&key, Body::File(out), &Observer::silent())
            .await?;
        Ok(StageResult::Assembly(Film {
            asset,
            duration_ms: u32::try_from(made.duration_ms).unwrap_or(u32::MAX),
            width: WIDTH_PX as u32,
            height: HEIGHT_PX as u32,
            integrated_lufs: made.integrated_lufs.max(UNMEASURED_LUFS),
            true_peak_dbtp: made.true_peak_dbtp.max(UNMEASURED_LUFS),
            provider: Provider::offline("render"),
        }))
    }
}

/// Brings everything the film is made of to `folder`.
async fn plan(job: &Job<'_>, folder: &Path) -> Result<Plan, Interrupted> {
    let production = job.production;
    let store = &job.pipeline.media;
    let speech = production
        .speech
        .as_ref()
        .ok_or_else(|| Interrupted::missing("speech"))?;
    let voice = folder.join("voice.wav");
    store.fetch_asset(&speech.audio, &voice).await?;

    let mut scenes = Vec::with_capacity(production.scenes.len());
    for (number, scene) in (0u16..).zip(&production.scenes) {
        let image = production
            .images
            .get(&number)
            .ok_or_else(|| Interrupted::missing(&format!("picture of scene {}", number + 1)))?;
        let path = folder.join(image.key.file_name());
        store.fetch_asset(image, &path).await?;
        scenes.push(Shot {
            image: path,
            start_ms: scene.start_ms.into(),
            end_ms: scene.end_ms.into(),
            motion: None,
        });
    }
    let settings = &production.brief.settings;
    Ok(Plan {
        width: WIDTH_PX,
        height: HEIGHT_PX,
        fps: FPS,
        scenes,
        voice,
        words: speech.words.iter().map(caption_word).collect(),
        music: music(job, folder, speech.duration_ms).await?,
        captions: caption_style(settings.caption_style),
        language: settings.language.slug().to_owned(),
        seed: production.brief.seed,
        preset: Preset::Standard,
    })
}

async fn music(
    job: &Job<'_>,
    folder: &Path,
    duration_ms: u32,
) -> Result<Option<PathBuf>, Interrupted> {
    let production = job.production;
    match &production.brief.settings.music {
        Music::None => Ok(None),
        Music::Own { key } => {
            let path = folder.join(format!("music-{}", key.file_name()));
            let fetched = job.pipeline.media.fetch_to(key, &path).await;
            fetched.map_err(|error| own_music(key, error))?;
            Ok(Some(path))
        }
        Music::Bed { mood } => {
            let script = production
                .script
                .as_ref()
                .ok_or_else(|| Interrupted::missing("script"))?;
            let player = &job.pipeline.providers.music;
            let request = MusicRequest {
                mood: mood.unwrap_or(script.mood),
                duration_ms,
                seed: production.brief.seed,
            };
            let played = player
                .play(&request, &job.observer.without_progress())
                .await
                .map_err(|error| Interrupted::provider(player.name(), &error))?;
            let path = folder.join("music.wav");
            tokio::fs::write(&path, &played.wav)
                .await
                .map_err(|error| Interrupted::scratch(&error))?;
            Ok(Some(path))
        }
    }
}

/// The one file of a film that its user brought, and can bring again.
fn own_music(key: &MediaKey, error: MediaError) -> Interrupted {
    match error {
        MediaError::NotFound { .. } => Interrupted::failed(
            FailureClass::UserFixable,
            "music-missing",
            format!(
                "the music {key} is no longer in the media store; put it back and retry, or \
                 request the video with other music"
            ),
        ),
        error => error.into(),
    }
}

async fn render(
    job: &Job<'_>,
    plan: Plan,
    out: PathBuf,
    folder: PathBuf,
) -> Result<render::Film, Interrupted> {
    let observer = job.observer.clone();
    let made = tokio::task::spawn_blocking(move || {
        render::render(
            &plan,
            &out,
            &folder,
            &|| observer.is_cancelled(),
            &mut |progress| {
                observer.progress(progress.done_frames as u64, progress.total_frames as u64);
            },
        )
    })
    .await;
    match made {
        Ok(made) => Ok(made?),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn caption_word(word: &SpokenWord) -> CaptionWord {
    CaptionWord {
        text: word.text.clone(),
        start_ms: word.start_ms,
        end_ms: word.end_ms,
    }
}

/// The renderer's name for a caption style.
pub fn caption_style(style: CaptionStyle) -> render::CaptionStyle {
    match style {
        CaptionStyle::BoldOutline => render::CaptionStyle::BoldOutline,
        CaptionStyle::BoxedWord => render::CaptionStyle::BoxedWord,
        CaptionStyle::KaraokeFill => render::CaptionStyle::KaraokeFill,
        CaptionStyle::Minimal => render::CaptionStyle::Minimal,
    }
}
