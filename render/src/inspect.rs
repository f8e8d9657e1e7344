//! Questions about finished films, and about pictures and sound before use.

use std::path::Path;
use std::process::Stdio;

use crate::RenderError;
use crate::ffmpeg::{self, Running};
use crate::picture;
use crate::sound::{self, RATE};
use crate::temp::TempFile;

/// Shorter sound cannot be looped without sounding like a buzzer.
const SHORTEST_SOUND_MS: u64 = 500;

/// What a sound file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioInfo {
    pub duration_ms: u64,
}

/// Decodes a whole sound file to see that it can be used.
///
/// # Errors
/// `Sound`, naming the file and what to do, if it is corrupt, silent
/// throughout or too short; `File` if it cannot be read.
pub fn check_audio(path: &Path) -> Result<AudioInfo, RenderError> {
    let mut count = 0;
    let mut silent = true;
    sound::scan(path, None, &|| false, &mut |frames| {
        count += frames.len();
        silent &= frames.iter().flatten().all(|sample| *sample == 0.0);
    })?;
    let duration_ms = (count * 1000 / RATE) as u64;
    if duration_ms < SHORTEST_SOUND_MS {
        let problem =
            format!("lasts {duration_ms} ms; choose one of at least {SHORTEST_SOUND_MS} ms");
        return Err(RenderError::sound(path, problem));
    }
    if silent {
        return Err(RenderError::sound(
            path,
            "is silent throughout; choose another",
        ));
    }
    Ok(AudioInfo { duration_ms })
}

/// Decodes a picture to see that scene number `scene` (from 1) can use it.
///
/// # Errors
/// `Picture`, naming the scene, the file and what to do.
pub fn check_picture(path: &Path, scene: usize) -> Result<(), RenderError> {
    picture::decode(path)
        .map(drop)
        .map_err(|problem| RenderError::Picture {
            scene,
            path: path.to_owned(),
            problem,
        })
}

/// Writes the frame of `film` that is shown at `at_ms` to `out`, a `.jpg`,
/// `.webp` or `.png`.
///
/// # Errors
/// `File` for another ending or an unwritable folder; `Encoder` if the film
/// cannot be read or is shorter.
pub fn still(film: &Path, at_ms: u64, out: &Path) -> Result<(), RenderError> {
    let ending = out
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    // Still formats mean BT.601 where they hold YUV: full range in JPEG, limited in WebP.
    let (codec, filter, quality) = match ending.as_deref() {
        Some("jpg" | "jpeg") => (
            "mjpeg",
            "out_color_matrix=bt601:out_range=pc,format=yuvj420p",
            ["-q:v", "2"],
        ),
        Some("webp") => (
            "libwebp",
            "out_color_matrix=bt601:out_range=tv,format=yuv420p",
            ["-quality", "85"],
        ),
        Some("png") => ("png", "out_range=pc,format=rgb24", ["-pred", "mixed"]),
        _ => {
            let problem = "a still is written as .jpg, .webp or .png; choose one of these endings";
            return Err(RenderError::File {
                path: out.to_owned(),
                problem: problem.to_owned(),
            });
        }
    };
    std::fs::File::open(film).map_err(|error| RenderError::file(film, &error))?;
    let unfinished = TempFile::beside(out)?;
    let mut command = ffmpeg::ffmpeg();
    command
        .args([
            "-y",
            "-ss",
            &format!("{}.{:03}", at_ms / 1000, at_ms % 1000),
            "-i",
        ])
        .arg(ffmpeg::file(film))
        .args(["-map", "0:v:0", "-frames:v", "1", "-map_metadata", "-1"])
        .args([
            "-vf",
            &format!("scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int:{filter}"),
        ])
        .args(["-c:v", codec, quality[0], quality[1]])
        .args([
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-f",
            "image2",
            "-update",
            "1",
        ])
        .arg(ffmpeg::file(unfinished.path()))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Running::start(&mut command, "taking a still")?.finish(&|| false)?;
    let bytes = std::fs::metadata(unfinished.path()).map_or(0, |found| found.len());
    if bytes == 0 {
        let detail = format!("{} has no frame at {at_ms} ms", film.display());
        return Err(RenderError::Encoder {
            task: "taking a still",
            detail,
        });
    }
    unfinished.publish(out)
}

/// Frames that a film's index lists.
pub(crate) fn frames_of(film: &Path) -> Result<usize, RenderError> {
    let mut command = ffmpeg::ffprobe();
    command
        .args([
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=nb_frames",
            "-of",
            "csv=p=0",
        ])
        .arg(ffmpeg::file(film))
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut answer = Vec::new();
    let running = Running::start(&mut command, "checking the film")?;
    running.read(&|| false, |bytes| answer.extend_from_slice(bytes))?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.trim().trim_end_matches(',').parse().unwrap_or(0))
}
