//! Any sound file as 48 kHz stereo.

use std::path::Path;
use std::process::Stdio;

use super::RATE;
use crate::RenderError;
use crate::ffmpeg::{self, Running};

/// Left and right samples, full scale at one.
pub(crate) type Stereo = Vec<[f32; 2]>;

const FRAME_BYTES: usize = 8;

/// Decodes a file, or its first `most` samples.
pub(crate) fn decode(
    path: &Path,
    most: Option<usize>,
    cancel: &dyn Fn() -> bool,
) -> Result<Stereo, RenderError> {
    let mut sound = Stereo::new();
    scan(path, most, cancel, &mut |frames| {
        sound.extend_from_slice(frames);
    })?;
    Ok(sound)
}

/// Decodes a file piece by piece, keeping nothing.
pub(crate) fn scan(
    path: &Path,
    most: Option<usize>,
    cancel: &dyn Fn() -> bool,
    take: &mut dyn FnMut(&[[f32; 2]]),
) -> Result<(), RenderError> {
    std::fs::File::open(path).map_err(|error| RenderError::file(path, &error))?;
    let mut command = ffmpeg::ffmpeg();
    ffmpeg::sound_input(&mut command, path);
    if let Some(most) = most {
        command.args(["-t", &format!("{:.6}", most as f64 / RATE as f64)]);
    }
    command
        .args([
            "-map", "0:a:0", "-f", "f32le", "-ar", "48000", "-ac", "2", "pipe:1",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let running = Running::start(&mut command, "decoding")?;
    let mut rest = Vec::new();
    let mut any = false;
    let ended = running.read(cancel, |bytes| {
        rest.extend_from_slice(bytes);
        let whole = rest.len() - rest.len() % FRAME_BYTES;
        let frames: Stereo = rest[..whole].as_chunks().0.iter().map(frame).collect();
        rest.drain(..whole);
        any |= !frames.is_empty();
        take(&frames);
    });
    match ended {
        Err(RenderError::Encoder { detail, .. }) => Err(unusable(path, &detail)),
        Err(other) => Err(other),
        Ok(said) if !any => Err(unusable(path, &said.join("; "))),
        Ok(_) => Ok(()),
    }
}

fn unusable(path: &Path, detail: &str) -> RenderError {
    let problem = format!(
        "is not sound that can be played ({detail}); convert it to WAV, MP3, FLAC or M4A, or choose another"
    );
    RenderError::sound(path, problem)
}

fn frame(bytes: &[u8; FRAME_BYTES]) -> [f32; 2] {
    let [a, b, c, d, e, f, g, h] = *bytes;
    // Float files may hold what is not a number.
    let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
    [
        finite(f32::from_le_bytes([a, b, c, d])),
        finite(f32::from_le_bytes([e, f, g, h])),
    ]
}
