//! Makes small inputs, and looks at finished films with ffmpeg and ffprobe.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::{Rgb, RgbImage};
use render::{CaptionStyle, CaptionWord, Film, Plan, Preset, RenderError, Shot};
use tempfile::TempDir;

pub(crate) const WIDTH: usize = 270;
pub(crate) const HEIGHT: usize = 480;
const RATE: usize = 48_000;

/// A folder for inputs, one for films and one for the renderer's own files.
pub(crate) struct Kit {
    pub(crate) inputs: TempDir,
    pub(crate) films: TempDir,
    pub(crate) work: TempDir,
}

impl Kit {
    pub(crate) fn new() -> Self {
        let folder = || tempfile::tempdir().unwrap();
        Self {
            inputs: folder(),
            films: folder(),
            work: folder(),
        }
    }

    pub(crate) fn flat(&self, name: &str, colour: [u8; 3]) -> PathBuf {
        self.picture(name, |_, _| colour)
    }

    pub(crate) fn picture(&self, name: &str, at: impl Fn(u32, u32) -> [u8; 3]) -> PathBuf {
        let path = self.inputs.path().join(name);
        let picture = RgbImage::from_fn(WIDTH as u32, HEIGHT as u32, |x, y| Rgb(at(x, y)));
        picture.save(&path).unwrap();
        path
    }

    /// A 16-bit mono WAV file whose samples are `at(second)`.
    pub(crate) fn wav(&self, name: &str, length_ms: usize, at: impl Fn(f64) -> f64) -> PathBuf {
        let count = RATE * length_ms / 1000;
        let rate = RATE as u32;
        let bytes = (count * 2) as u32;
        let mut file = Vec::new();
        file.extend(b"RIFF");
        file.extend((36 + bytes).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16u32.to_le_bytes());
        file.extend(1u16.to_le_bytes());
        file.extend(1u16.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * 2).to_le_bytes());
        file.extend(2u16.to_le_bytes());
        file.extend(16u16.to_le_bytes());
        file.extend(b"data");
        file.extend(bytes.to_le_bytes());
        for index in 0..count {
            let sample = at(index as f64 / RATE as f64) * 32_767.0;
            file.extend((sample as i16).to_le_bytes());
        }
        let path = self.inputs.path().join(name);
        fs::write(&path, file).unwrap();
        path
    }

    /// Scenes of the given pictures and lengths, with a steady hum for a voice.
    pub(crate) fn plan(&self, scenes: &[(PathBuf, u64)]) -> Plan {
        let mut start_ms = 0;
        let scenes: Vec<Shot> = scenes
            .iter()
            .map(|(image, length_ms)| {
                let shot = Shot {
                    image: image.clone(),
                    start_ms,
                    end_ms: start_ms + length_ms,
                    motion: None,
                };
                start_ms = shot.end_ms;
                shot
            })
            .collect();
        Plan {
            width: WIDTH,
            height: HEIGHT,
            fps: 30,
            scenes,
            voice: self.wav("voice.wav", start_ms as usize, |t| 0.3 * sine(440.0, t)),
            words: Vec::new(),
            music: None,
            captions: CaptionStyle::BoldOutline,
            language: "en".to_owned(),
            seed: 7,
            preset: Preset::Draft,
        }
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.films.path().join("film.mp4")
    }

    pub(crate) fn render(&self, plan: &Plan) -> Result<Film, RenderError> {
        render::render(plan, &self.out(), self.work.path(), &|| false, &mut |_| {})
    }

    pub(crate) fn assert_nothing_left(&self) {
        for folder in [&self.films, &self.work] {
            let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
            assert!(left.is_empty(), "{left:?}");
        }
    }
}

pub(crate) fn sine(hertz: f64, second: f64) -> f64 {
    (std::f64::consts::TAU * hertz * second).sin()
}

pub(crate) fn words(texts: &[&str], each_ms: u32) -> Vec<CaptionWord> {
    (0u32..)
        .zip(texts)
        .map(|(index, text)| CaptionWord {
            text: (*text).to_owned(),
            start_ms: index * each_ms,
            end_ms: (index + 1) * each_ms,
        })
        .collect()
}

/// Every frame of a film as RGB, `WIDTH` x `HEIGHT`.
pub(crate) fn frames(film: &Path) -> Vec<RgbImage> {
    let filter = "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int";
    let raw = run(
        "ffmpeg",
        film,
        &["-vf", filter, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
    );
    raw.chunks_exact(WIDTH * HEIGHT * 3)
        .map(|frame| RgbImage::from_raw(WIDTH as u32, HEIGHT as u32, frame.to_vec()).unwrap())
        .collect()
}

/// The left channel of a film's sound as a player gives it.
pub(crate) fn samples(film: &Path) -> Vec<f64> {
    let raw = run("ffmpeg", film, &["-map", "0:a", "-f", "f32le", "-"]);
    raw.chunks_exact(8)
        .map(|pair| f64::from(f32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]])))
        .collect()
}

/// One `key=value` a line, as ffprobe prints them.
pub(crate) fn probe(film: &Path, stream: &str) -> String {
    let arguments = ["-select_streams", stream, "-show_streams", "-show_format"];
    String::from_utf8(run("ffprobe", film, &arguments)).unwrap()
}

pub(crate) fn value<'a>(probed: &'a str, key: &str) -> &'a str {
    let line = probed
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("{key} in {probed}"))
}

pub(crate) fn decibels(samples: &[f64]) -> f64 {
    let mean = samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64;
    10.0 * mean.log10()
}

fn run(program: &str, film: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(["-loglevel", "error"]);
    if program == "ffmpeg" {
        command.arg("-i");
    }
    let output = command.arg(film).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    output.stdout
}
