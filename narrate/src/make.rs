//! `narrate make`: a topic to a film, watched from the first stage to the last.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use commands::RandomIds;
use domain::IdSource;
use tokio_util::sync::CancellationToken;

use crate::cli::{MakeArgs, MusicArg, Role};
use crate::client::{
    ClientError, MusicInput, ProductionSettingsInput, RequestVideoInput, VideoReport, part_of,
};
use crate::config::Config;
use crate::pending::Pending;
use crate::session::{Session, Stopped};
use crate::tracker::Tracker;
use crate::{logging, report, stop};

pub async fn run(config: &Config, args: MakeArgs) -> anyhow::Result<ExitCode> {
    let out = usable_out(&args.out)?;
    let music = Music::of(args.look.music.clone())?;
    logging::to_file(config);
    let stop = stop::on_signals()?;
    let tracker = Tracker::new();
    let pending = Pending {
        input: request(args),
        out,
    };
    deliver_all(
        config,
        vec![Order {
            pending,
            music,
            retry: false,
        }],
        &stop,
        &tracker,
    )
    .await
}

/// A film to make and hand over.
pub struct Order {
    pub pending: Pending,
    /// Music that the server does not have yet.
    pub music: Music,
    /// Go on with it if it has failed.
    pub retry: bool,
}

pub enum Music {
    Known,
    File(PathBuf),
}

impl Music {
    fn of(arg: MusicArg) -> anyhow::Result<Self> {
        let MusicArg::File(path) = arg else {
            return Ok(Self::Known);
        };
        render::check_audio(&path).context("music: the file cannot be used")?;
        Ok(Self::File(path))
    }
}

/// Makes the films one after another and writes each to its place.
pub async fn deliver_all(
    config: &Config,
    mut orders: Vec<Order>,
    stop: &CancellationToken,
    tracker: &Tracker,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    while !orders.is_empty() {
        let session = Session::open(config, &Role::ALL, stop, |step| tracker.step(step)).await;
        let session = match session {
            Ok(session) => session,
            Err(error) if error.is::<Stopped>() => {
                return Ok(stopped(config, &orders, tracker));
            }
            Err(error) => {
                tracker.clear();
                return Err(error);
            }
        };
        let outcome = deliver_in(&session, config, &mut orders, stop, tracker).await;
        let attached = session.is_attached();
        tracker.step("stopping");
        session.close().await;
        tracker.clear();
        match outcome {
            Ok(all_ready) if all_ready => {}
            Ok(_) => code = ExitCode::FAILURE,
            Err(error) if error.is::<Stopped>() => {
                return Ok(stopped(config, &orders, tracker));
            }
            // Its server went away; the film goes on in one of our own.
            Err(error) if attached && is_lost(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(code)
}

/// Takes orders off the list as they are delivered. False when some failed.
async fn deliver_in(
    session: &Session,
    config: &Config,
    orders: &mut Vec<Order>,
    stop: &CancellationToken,
    tracker: &Tracker,
) -> anyhow::Result<bool> {
    let mut all_ready = true;
    while let Some(order) = orders.first_mut() {
        let begun = Instant::now();
        let video = tokio::select! {
            video = follow(session, config, order, tracker) => video?,
            error = session.broken() => return Err(error),
            () = stop.cancelled() => return Err(Stopped.into()),
        };
        tracker.clear();
        let order = orders.remove(0);
        if video.status == "READY" {
            hand_over(session, &order.pending, &video).await?;
            order.pending.forget(&config.data_folder())?;
            println!(
                "{}",
                report::finished(&video, &order.pending.out, begun.elapsed())
            );
        } else {
            all_ready = false;
            let why = video.error_message.as_deref().unwrap_or("it was cancelled");
            eprintln!(
                "the video was not made: {why}\nonce that is mended, go on where it stopped with: \
                 narrate resume {}",
                order.pending.id()
            );
        }
    }
    Ok(all_ready)
}

/// Asks for the video and watches it to its end.
async fn follow(
    session: &Session,
    config: &Config,
    order: &mut Order,
    tracker: &Tracker,
) -> anyhow::Result<VideoReport> {
    let client = &session.client;
    if let Music::File(path) = &order.music {
        tracker.step("handing over the music");
        let key = client.upload_music(path).await?;
        order.pending.input.settings.music = MusicInput {
            kind: "OWN".to_owned(),
            mood: None,
            key: Some(key),
        };
        order.music = Music::Known;
    }
    order
        .pending
        .keep(&config.data_folder())
        .context("the data folder could not be written")?;
    tracker.step("asking for the video");
    let asked = client.request_video(&order.pending.input).await;
    let mut video = match asked {
        Err(error @ ClientError::Refused(_)) => {
            // It will be refused again; there is nothing to resume.
            order.pending.forget(&config.data_folder())?;
            return Err(error.into());
        }
        asked => asked?,
    };
    if order.retry && matches!(video.status.as_str(), "FAILED" | "CANCELLED") {
        video = client.retry_video(video.id).await?;
    }
    let id = video.id;
    tracker.begin(&video);
    let mut progress = client.video_progress(id).await?;
    while !video.is_final() {
        let Some(report) = progress.next().await? else {
            progress = client.video_progress(id).await?;
            continue;
        };
        tracker.show(&report);
        video = report.video;
    }
    Ok(video)
}

async fn hand_over(
    session: &Session,
    pending: &Pending,
    video: &VideoReport,
) -> anyhow::Result<()> {
    let url = video
        .video_url
        .as_deref()
        .context("the video is ready but the server names no address for it")?;
    session
        .client
        .download(url, &pending.out)
        .await
        .with_context(|| {
            format!(
                "the film is finished and kept; make room or change --out's permissions, then \
                 type: narrate resume {}",
                pending.id()
            )
        })
}

fn stopped(config: &Config, orders: &[Order], tracker: &Tracker) -> ExitCode {
    tracker.clear();
    let data = config.data_folder();
    if orders.iter().any(|order| order.pending.is_kept(&data)) {
        eprintln!("stopped; what is done is kept. Go on with: narrate resume");
    } else {
        eprintln!("stopped before anything was begun; to begin again, type the same again");
    }
    ExitCode::from(130)
}

fn is_lost(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ClientError::Lost { .. }))
}

fn request(args: MakeArgs) -> RequestVideoInput {
    let look = args.look;
    let (kind, mood) = match look.music {
        MusicArg::None => ("NONE", None),
        MusicArg::Mood(mood) => ("BED", Some(mood.slug().to_owned())),
        MusicArg::Auto | MusicArg::File(_) => ("BED", None),
    };
    RequestVideoInput {
        command_id: RandomIds.fresh(),
        topic: args.topic.as_str().to_owned(),
        seed: args.seed.map(|seed| seed.to_string()),
        settings: ProductionSettingsInput {
            niche: look.niche.slug().to_owned(),
            art_style: look.style.slug().to_owned(),
            voice: look.voice.as_str().to_owned(),
            speed_percent: args.speed.percent(),
            language: args.language.slug().to_owned(),
            duration: look.duration.seconds(),
            music: MusicInput {
                kind: kind.to_owned(),
                mood,
                key: None,
            },
            caption_style: look.captions.slug().to_owned(),
        },
    }
}

/// The absolute path of `out`, once it is clear that a file can be put there:
/// better to hear it now than when the film is done.
pub fn usable_out(out: &Path) -> anyhow::Result<PathBuf> {
    let out = std::path::absolute(out).context("--out is not a path")?;
    if out.is_dir() {
        bail!(
            "--out: {} is a folder; name a file in it, such as {}",
            out.display(),
            out.join("film.mp4").display()
        );
    }
    if !out
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("mp4"))
    {
        bail!("--out: {} should end in .mp4", out.display());
    }
    let part = part_of(&out);
    let tried = std::fs::File::create(&part).and_then(|_| std::fs::remove_file(&part));
    tried.with_context(|| {
        let folder = out.parent().unwrap_or(&out);
        format!(
            "--out: nothing can be written in {}; make it writable or choose another folder",
            folder.display()
        )
    })?;
    Ok(out)
}
