//! Errors and summaries, for people.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use console::style;

use crate::client::VideoReport;

/// The error and its causes, one a line.
pub fn failure(error: &anyhow::Error) {
    let mut text = format!("{} {error}", style("error:").red().bold().for_stderr());
    for cause in error.chain().skip(1) {
        let _ = write!(text, "\n  because {cause}");
    }
    eprintln!("{text}");
}

/// The closing block of a finished video.
pub fn finished(video: &VideoReport, out: &Path, took: Duration) -> String {
    let film = video.film.as_ref();
    let megabytes = film.map_or(0.0, |film| film.bytes as f64 / 1e6);
    let seconds = video.duration_ms.unwrap_or_default() as f64 / 1000.0;
    let size = film.map_or_else(String::new, |film| format!("{}x{}, ", film.width, film.height));
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {:<9} {value}", name);
    };
    line("film", &out.display().to_string());
    line("title", video.title.as_deref().unwrap_or(&video.topic));
    line("length", &format!("{seconds:.1} s, {size}{megabytes:.1} MB"));
    line("made in", &format!("{}: {}", clock(took), stage_times(video)));
    line("cost", &dollars(video.cost_microusd));
    if let Some(script) = video.script.as_ref().filter(|script| script.is_offline) {
        let sources: Vec<_> = script.sources.iter().map(|s| s.title.as_str()).collect();
        let from = match sources.as_slice() {
            [] => "no facts claimed".to_owned(),
            sources => format!("facts from {}", sources.join("; ")),
        };
        line("script", &format!("written offline, {from}"));
    }
    line("play", &format!("ffplay -autoexit {}", quoted(out)));
    line("server", "narrate up");
    text
}

fn stage_times(video: &VideoReport) -> String {
    let times: Vec<_> = video
        .stages
        .iter()
        .filter_map(|stage| {
            let took = stage.finished_at? - stage.started_at?;
            let seconds = took.num_milliseconds() as f64 / 1000.0;
            Some(format!("{} {seconds:.1} s", stage.stage.to_lowercase()))
        })
        .collect();
    times.join(", ")
}

/// `1:05` for 65 seconds.
pub fn clock(took: Duration) -> String {
    let seconds = took.as_secs();
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

fn dollars(microusd: u64) -> String {
    match microusd {
        0 => "nothing: all of it was made on this machine".to_owned(),
        some => format!("${:.4}", some as f64 / 1e6),
    }
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
