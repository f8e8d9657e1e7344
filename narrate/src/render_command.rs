//! `narrate render`: a film with no server and no events.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use domain::settings::{Language, Mood, SpeechSpeed};
use domain::video::output::{Scene, ScriptScene};
use domain::video::segmentation;
use indicatif::{ProgressBar, ProgressStyle};
use integrations::images::{ImageRequest, Unrecorded};
use integrations::music::MusicRequest;
use integrations::speech::{SpeechRequest, SpokenAudio};
use integrations::{Observer, Providers};
use render::{CaptionWord, Plan, Preset, Shot};
use tokio_util::sync::CancellationToken;

use crate::cli::{MusicArg, RenderArgs};
use crate::{make, programs, report, stop};

const WIDTH_PX: u32 = 1080;
const HEIGHT_PX: u32 = 1920;

pub async fn run(args: RenderArgs) -> anyhow::Result<ExitCode> {
    let out = make::usable_out(&args.out)?;
    programs::check()?;
    let begun = Instant::now();
    let folder = tempfile::tempdir().context("no working folder could be made")?;
    let stop = stop::on_signals()?;
    let plan = match (&args.plan, &args.script) {
        (Some(file), _) => read_plan(file)?,
        (None, Some(file)) => of_script(&args, file, folder.path(), &stop).await?,
        (None, None) => bail!("name a --script or a --plan"),
    };
    let work = folder.path().to_owned();
    let target = out.clone();
    let cancelled = stop.clone();
    let film = tokio::task::spawn_blocking(move || assemble(&plan, &target, &work, &cancelled))
        .await
        .context("the renderer broke")??;
    println!(
        "  film      {}\n  length    {:.1} s, {:.1} MB, {:.1} LUFS\n  made in   {}",
        out.display(),
        film.duration_ms as f64 / 1000.0,
        film.bytes as f64 / 1e6,
        film.integrated_lufs,
        report::clock(begun.elapsed())
    );
    Ok(ExitCode::SUCCESS)
}

/// Paths in a plan are relative to its file.
fn read_plan(file: &Path) -> anyhow::Result<Plan> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("--plan: {} cannot be read", file.display()))?;
    let mut plan: Plan = serde_json::from_str(&text).with_context(|| {
        format!(
            "--plan: {} is not a plan; see docs/RENDER.md",
            file.display()
        )
    })?;
    let folder = file.parent().unwrap_or(Path::new("."));
    plan.voice = folder.join(&plan.voice);
    plan.music = plan.music.map(|music| folder.join(music));
    for scene in &mut plan.scenes {
        scene.image = folder.join(&scene.image);
    }
    Ok(plan)
}

/// Speaks and illustrates a text, one paragraph a scene.
async fn of_script(
    args: &RenderArgs,
    file: &Path,
    folder: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<Plan> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("--script: {} cannot be read", file.display()))?;
    let paragraphs: Vec<ScriptScene> = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| ScriptScene {
            text: paragraph.to_owned(),
            visual: paragraph.to_owned(),
        })
        .collect();
    if paragraphs.is_empty() {
        bail!("--script: {} holds no text", file.display());
    }
    let providers = Providers::offline();
    let narration: Vec<_> = paragraphs.iter().map(|part| part.text.as_str()).collect();
    let spoken = speak(args, &providers, narration.join(" "), stop).await?;
    let voice = folder.join("voice.wav");
    std::fs::write(&voice, &spoken.wav).context("the working folder is full")?;

    let scenes = segmentation::segment(&paragraphs, &spoken.words, spoken.duration_ms);
    let shots = illustrate(args, &providers, &scenes, folder, stop).await?;
    let music = music(args, &providers, spoken.duration_ms, folder).await?;
    Ok(Plan {
        width: WIDTH_PX as usize,
        height: HEIGHT_PX as usize,
        fps: 30,
        scenes: shots,
        voice,
        words: spoken
            .words
            .into_iter()
            .map(|word| CaptionWord {
                text: word.text,
                start_ms: word.start_ms,
                end_ms: word.end_ms,
            })
            .collect(),
        music,
        captions: workers::video::caption_style(args.captions),
        language: Language::English.slug().to_owned(),
        seed: args.seed,
        preset: Preset::Standard,
    })
}

async fn speak(
    args: &RenderArgs,
    providers: &Providers,
    text: String,
    stop: &CancellationToken,
) -> anyhow::Result<SpokenAudio> {
    let bar = bar("Speech", "words");
    let observer = watched(&bar, stop);
    let request = SpeechRequest {
        text,
        voice: args.voice.clone(),
        speed: SpeechSpeed::default(),
        language: Language::English,
        seed: args.seed,
    };
    let spoken = providers.speech.first().speak(&request, &observer).await?;
    bar.finish();
    Ok(spoken)
}

async fn illustrate(
    args: &RenderArgs,
    providers: &Providers,
    scenes: &[Scene],
    folder: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<Vec<Shot>> {
    let bar = bar("Images", "scenes");
    bar.set_length(scenes.len() as u64);
    let mut shots = Vec::with_capacity(scenes.len());
    for (number, scene) in (0u64..).zip(scenes) {
        let request = ImageRequest {
            description: scene.visual.clone(),
            style: args.style,
            video_seed: args.seed,
            seed: args.seed.wrapping_add(number),
            width_px: WIDTH_PX,
            height_px: HEIGHT_PX,
        };
        let quiet = Observer::new(stop.clone(), |_, _| {});
        let drawer = providers.images.first();
        let drawn = drawer.draw(&request, &Unrecorded, &quiet).await?;
        let image = folder.join(format!("{number:03}.{}", drawn.format.extension()));
        std::fs::write(&image, &drawn.bytes).context("the working folder is full")?;
        shots.push(Shot {
            image,
            start_ms: scene.start_ms.into(),
            end_ms: scene.end_ms.into(),
            motion: None,
        });
        bar.inc(1);
    }
    bar.finish();
    Ok(shots)
}

async fn music(
    args: &RenderArgs,
    providers: &Providers,
    duration_ms: u32,
    folder: &Path,
) -> anyhow::Result<Option<std::path::PathBuf>> {
    let mood = match &args.music {
        MusicArg::None => return Ok(None),
        MusicArg::File(path) => return Ok(Some(path.clone())),
        MusicArg::Auto => Mood::Calm,
        MusicArg::Mood(mood) => *mood,
    };
    let request = MusicRequest {
        mood,
        duration_ms,
        seed: args.seed,
    };
    let played = providers.music.play(&request, &Observer::silent()).await?;
    let path = folder.join("music.wav");
    std::fs::write(&path, &played.wav).context("the working folder is full")?;
    Ok(Some(path))
}

fn assemble(
    plan: &Plan,
    out: &Path,
    work: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<render::Film> {
    let bar = bar("Film", "frames");
    let film = render::render(plan, out, work, &|| stop.is_cancelled(), &mut |progress| {
        bar.set_length(progress.total_frames as u64);
        bar.set_position(progress.done_frames as u64);
    })?;
    bar.finish();
    Ok(film)
}

fn bar(what: &'static str, unit: &'static str) -> ProgressBar {
    let template =
        "  {prefix:<9} {bar:28.cyan/dim} {percent:>3}%  {pos} of {len} {msg}, {eta} left";
    let style = ProgressStyle::with_template(template).expect("the template is written here");
    ProgressBar::new(0)
        .with_style(style.progress_chars("━━─"))
        .with_prefix(what)
        .with_message(unit)
}

fn watched(bar: &ProgressBar, stop: &CancellationToken) -> Observer {
    let bar = bar.clone();
    Observer::new(stop.clone(), move |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })
}
