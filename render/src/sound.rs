//! The film's sound: voice and music at their levels, mastered and encoded.
//!
//! Levels follow ITU-R BS.1770-4 as EBU R 128 uses it. What counts is what a
//! listener gets, so the encoded sound is decoded again and measured; if
//! encoding pushed a peak over the limit, mastering is done again lower.

mod decode;
mod limiter;
mod loudness;
mod mix;

use std::path::Path;
use std::process::Stdio;

use crate::RenderError;
use crate::ffmpeg::{self, Running};
use crate::plan::Plan;
use crate::temp::TempFile;
use loudness::Level;

pub(crate) use decode::{Stereo, decode, scan};

/// Samples a second, per channel.
pub(crate) const RATE: usize = 48_000;
/// What the platforms play unchanged.
const TARGET_LUFS: f64 = -14.0;
/// Above this, players and transcoders may clip.
const PEAK_LIMIT_DBTP: f64 = -1.0;
/// Where mastering starts to limit: encoding adds about half a decibel.
const FIRST_CEILING_DB: f64 = -2.0;
const ATTEMPTS: usize = 4;
const AAC_BITS_PER_SECOND: u32 = 192_000;

/// Encoded sound in a file of its own, and how loud it is when played.
pub(crate) struct Track {
    pub(crate) file: TempFile,
    pub(crate) level: Level,
}

/// Makes the sound of a film, exactly as long as its frames.
pub(crate) fn make(
    plan: &Plan,
    work_dir: &Path,
    cancel: &dyn Fn() -> bool,
) -> Result<Track, RenderError> {
    let length = plan.total_frames() * RATE / plan.fps as usize;
    let mixed = mix::mix(plan, length, cancel)?;
    let file = TempFile::beside(&work_dir.join("sound.m4a"))?;
    let mut ceiling_db = FIRST_CEILING_DB;
    for attempt in 1.. {
        let mastered = loudness::master(&mixed, TARGET_LUFS, ceiling_db);
        encode(&mastered, file.path(), cancel)?;
        let level = Level::of(&decode(file.path(), None, cancel)?);
        let excess_db = level.true_peak_dbtp - PEAK_LIMIT_DBTP;
        if excess_db < 0.0 {
            return Ok(Track { file, level });
        }
        if attempt == ATTEMPTS {
            break;
        }
        ceiling_db -= excess_db + 0.2;
    }
    Err(RenderError::Film {
        problem: format!(
            "has peaks over {PEAK_LIMIT_DBTP} dBTP whatever we do; use a cleaner voice or music"
        ),
    })
}

fn encode(sound: &Stereo, out: &Path, cancel: &dyn Fn() -> bool) -> Result<(), RenderError> {
    let mut command = ffmpeg::ffmpeg();
    command
        .args([
            "-y", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "pipe:0",
        ])
        .args(["-c:a", "aac", "-profile:a", "aac_low"])
        .args(["-b:a", &AAC_BITS_PER_SECOND.to_string()])
        .args(["-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp4"])
        .arg(ffmpeg::file(out))
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let running = Running::start(&mut command, "encoding the sound")?;
    let chunks = sound.chunks(RATE / 4).map(|frames| {
        let samples = frames.iter().flatten();
        samples.flat_map(|sample| sample.to_le_bytes()).collect()
    });
    running.write(cancel, chunks)
}
