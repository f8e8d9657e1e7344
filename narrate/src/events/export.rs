//! `narrate events export`: a file that is there whole or not at all, and that
//! says how far it goes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

use super::envelope::{Envelope, place};
use super::ndjson::Lines;
use super::parquet::Columns;
use super::{ROLES, Sink};
use crate::cli::{ExportArgs, ExportFormat};
use crate::client::{EventLines, part_of};
use crate::config::Config;
use crate::session::{Session, Stopped};
use crate::tracker::Tracker;
use crate::{logging, stop};

const BAR: &str = "{spinner} {bar:28.cyan/dim} {percent:>3}%  {msg} events, {eta} left";
/// Lines between two looks at how far it is.
const LOOK_EVERY: u64 = 1_000;

pub(super) async fn run(config: &Config, args: ExportArgs) -> anyhow::Result<ExitCode> {
    let out = usable_out(&args.out, args.format)?;
    logging::to_file(config);
    let stop = stop::on_signals()?;
    let tracker = Tracker::new();
    let session = Session::open(config, &ROLES, &stop, |step| tracker.step(step)).await;
    tracker.clear();
    let session = match session {
        Ok(session) => session,
        Err(error) if error.is::<Stopped>() => return Ok(stopped()),
        Err(error) => return Err(error),
    };
    let outcome = export(&session, &args, &out, &stop).await;
    session.close().await;
    let exported = match outcome {
        Err(error) if error.is::<Stopped>() => return Ok(stopped()),
        outcome => outcome?,
    };
    println!(
        "  file      {}\n  events    {}, {:.1} MB\n  up to     {}\n  go on     narrate events export \
         --after {} --out NEXT",
        out.display(),
        exported.events,
        exported.bytes as f64 / 1e6,
        exported.as_of,
        exported.as_of,
    );
    Ok(ExitCode::SUCCESS)
}

struct Exported {
    events: u64,
    /// Size of the file.
    bytes: u64,
    as_of: String,
}

async fn export(
    session: &Session,
    args: &ExportArgs,
    out: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<Exported> {
    let part = part_of(out);
    let written = tokio::select! {
        written = write(session, args, &part) => written,
        error = session.broken() => Err(error),
        () = stop.cancelled() => Err(Stopped.into()),
    };
    let renamed = written.and_then(|(events, as_of)| {
        let bytes = part.metadata()?.len();
        std::fs::rename(&part, out)?;
        Ok(Exported {
            events,
            bytes,
            as_of,
        })
    });
    if renamed.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    renamed
}

/// How many events went to `part`, and how far they go.
async fn write(session: &Session, args: &ExportArgs, part: &Path) -> anyhow::Result<(u64, String)> {
    let mut lines = session.client.events(&args.wanted, false).await?;
    let file =
        File::create(part).with_context(|| format!("{} cannot be written", part.display()))?;
    let mut sink: Box<dyn Sink> = match args.format {
        ExportFormat::Parquet => Box::new(Columns::new(file)?),
        ExportFormat::Ndjson => Box::new(Lines::new(file)),
    };
    let bar = bar(&lines, &args.wanted.after);
    let mut events = 0;
    while let Some(line) = lines
        .next()
        .await
        .context("the export was broken off; try again")?
    {
        block_in_place(|| sink.write(&line)).context("the file cannot be written")?;
        events += 1;
        if events % LOOK_EVERY == 0 {
            let at = Envelope::parse(&line)?.position_value()?;
            bar.set_position(at.unsigned_abs());
            bar.set_message(events.to_string());
        }
    }
    let as_of = lines.as_of;
    block_in_place(|| sink.finish(&as_of)).context("the file cannot be written")?;
    bar.finish_and_clear();
    Ok((events, as_of))
}

/// From where the export begins to where it will end.
fn bar(lines: &EventLines, after: &str) -> ProgressBar {
    let [from, to] = [after, &lines.as_of].map(|at| place(at).unwrap_or(0).unsigned_abs());
    let bar = ProgressBar::with_draw_target(Some(to), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(BAR).expect("the template is written here");
    bar.set_style(style.progress_chars("━━─"));
    bar.set_position(from);
    bar.reset_eta();
    bar.set_message("0");
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn stopped() -> ExitCode {
    eprintln!("stopped; nothing was written");
    ExitCode::from(130)
}

/// The absolute path of `out`, once it is clear that a file can be put there
/// whose name says what it is.
fn usable_out(out: &Path, format: ExportFormat) -> anyhow::Result<PathBuf> {
    let out = std::path::absolute(out).context("--out is not a path")?;
    if out.is_dir() {
        bail!("--out: {} is a folder; name a file in it", out.display());
    }
    if super::format_of(&out) != Some(format) {
        let ending = match format {
            ExportFormat::Parquet => ".parquet",
            ExportFormat::Ndjson => ".ndjson",
        };
        bail!(
            "--out: {} should end in {ending}, or --format be another",
            out.display()
        );
    }
    let part = part_of(&out);
    let tried = File::create(&part).and_then(|_| std::fs::remove_file(&part));
    tried.with_context(|| {
        let folder = out.parent().unwrap_or(&out);
        format!("--out: nothing can be written in {}", folder.display())
    })?;
    Ok(out)
}
