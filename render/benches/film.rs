//! CPU seconds of ten seconds of film, whole and by part, beside the floor:
//! the same encoder and settings on frames that are already drawn.
//!
//! `cargo bench -p render` prints the ratio; nothing here passes or fails.

use std::path::Path;
use std::process::{Command, Stdio};

use image::RgbImage;
use render::{CaptionWord, Plan, render};

const SCENES: u32 = 3;
const SCENE_MS: u32 = 3_400;
const WORD_MS: u32 = 300;
const TEXT: &str = "an octopus has three hearts and two of them stop when it swims";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let plan = plan(folder.path())?;
    let out = folder.path().join("film.mp4");

    let before = Cpu::now()?;
    let mut frames = 0;
    render(&plan, &out, folder.path(), &|| false, &mut |progress| {
        frames = progress.done_frames;
    })?;
    let whole = Cpu::now()?.since(&before);

    let raw = folder.path().join("frames.yuv");
    ffmpeg(&[
        "-i",
        text(&out),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        text(&raw),
    ])?;
    let before = Cpu::now()?;
    floor(&raw, &folder.path().join("floor.mp4"))?;
    let floor = Cpu::now()?.since(&before).children;

    println!("{frames} frames of {}x{}", plan.width, plan.height);
    println!("drawing, mixing, measuring   {:6.2} CPU s", whole.own);
    println!("ffmpeg: encoding and sound   {:6.2} CPU s", whole.children);
    println!("floor: encoding alone        {floor:6.2} CPU s");
    println!(
        "whole / floor                {:6.2}",
        (whole.own + whole.children) / floor
    );
    Ok(())
}

/// The `standard` preset as `encode.rs` has it.
fn floor(raw: &Path, out: &Path) -> std::io::Result<()> {
    let x264 = "subme=4:rc-lookahead=20:mbtree=1:threads=4:lookahead-threads=1:keyint=120";
    let input = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "yuv420p",
        "-video_size",
        "1080x1920",
        "-framerate",
        "30",
    ];
    let rate = [
        "-crf",
        "19",
        "-maxrate",
        "12000k",
        "-bufsize",
        "24000k",
        "-profile:v",
        "high",
    ];
    let mut arguments = input.to_vec();
    arguments.extend([
        "-i",
        text(raw),
        "-c:v",
        "libx264",
        "-preset",
        "superfast",
        "-x264-params",
        x264,
    ]);
    arguments.extend(rate);
    arguments.push(text(out));
    ffmpeg(&arguments)
}

fn plan(folder: &Path) -> Result<Plan, Box<dyn std::error::Error>> {
    let mut scenes = Vec::new();
    for scene in 0..SCENES {
        let image = folder.join(format!("{scene}.png"));
        landscape(scene).save(&image)?;
        let (start_ms, end_ms) = (scene * SCENE_MS, (scene + 1) * SCENE_MS);
        scenes.push(serde_json::json!({ "image": image, "start_ms": start_ms, "end_ms": end_ms }));
    }
    let voice = folder.join("voice.wav");
    let tone = format!(
        "aevalsrc=0.4*sin(700*t)*abs(sin(5*t)):d={}",
        SCENES * SCENE_MS / 1000
    );
    ffmpeg(&["-f", "lavfi", "-i", &tone, text(&voice)])?;
    let words: Vec<CaptionWord> = (0..SCENES * SCENE_MS / WORD_MS)
        .zip(TEXT.split(' ').cycle())
        .map(|(index, word)| CaptionWord {
            text: word.to_owned(),
            start_ms: index * WORD_MS,
            end_ms: (index + 1) * WORD_MS,
        })
        .collect();
    let plan =
        serde_json::json!({ "scenes": scenes, "voice": voice, "music": voice, "words": words });
    Ok(serde_json::from_value(plan)?)
}

/// Waves of many sizes with a little grain: as much detail as a painted scene.
fn landscape(scene: u32) -> RgbImage {
    let offset = f64::from(scene) * 40.0;
    RgbImage::from_fn(1080, 1920, |x, y| {
        let (u, v) = (f64::from(x) + offset, f64::from(y));
        let wave = |size: f64| (u / size + (v / size * 1.3).sin() * 2.0).sin();
        let detail = wave(140.0) * 50.0 + wave(31.0) * 24.0 + wave(7.0) * 9.0;
        let grain = f64::from(
            x.wrapping_mul(2_654_435_761)
                .wrapping_add(y.wrapping_mul(40_503))
                >> 16
                & 7,
        );
        let level = 120.0 + detail + grain;
        image::Rgb([
            level as u8,
            (level * 0.8 + v / 30.0) as u8,
            (200.0 - level * 0.6) as u8,
        ])
    })
}

fn ffmpeg(arguments: &[&str]) -> std::io::Result<()> {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-loglevel", "error", "-nostdin", "-y"])
        .args(arguments);
    let status = command.stdin(Stdio::null()).status()?;
    assert!(status.success(), "ffmpeg ended with {status}");
    Ok(())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// CPU seconds of this process and of the programs it has reaped.
struct Cpu {
    own: f64,
    children: f64,
}

impl Cpu {
    /// From Linux's `/proc/self/stat`, fields 14 to 17, in hundredths of a second.
    fn now() -> std::io::Result<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks: Vec<f64> = after_name
            .split_whitespace()
            .skip(11)
            .take(4)
            .filter_map(|field| field.parse().ok())
            .collect();
        Ok(Self {
            own: (ticks[0] + ticks[1]) / 100.0,
            children: (ticks[2] + ticks[3]) / 100.0,
        })
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            own: self.own - before.own,
            children: self.children - before.children,
        }
    }
}
