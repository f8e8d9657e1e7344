//! From a plan to a published film.

use std::fs;
use std::path::Path;

use crate::RenderError;
use crate::compose::Composer;
use crate::encode;
use crate::inspect;
use crate::plan::Plan;
use crate::sound;
use crate::temp::TempFile;

/// The platforms' limit.
const MAX_BYTES: u64 = 100_000_000;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Decoding, mixing and measuring; no frames yet.
    Sound,
    /// Drawing and encoding frames.
    Frames,
    /// Writing the index and the final name.
    Finishing,
}

/// How far a film has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done_frames: usize,
    pub total_frames: usize,
    pub phase: Phase,
}

/// What was made, as measured on the finished file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Film {
    pub duration_ms: u64,
    pub frames: usize,
    pub bytes: u64,
    /// Minus infinity if the film is too short to judge (under 0.4 s).
    pub integrated_lufs: f64,
    pub true_peak_dbtp: f64,
}

/// Makes a film and gives it the name `out` once it is whole.
///
/// Blocks for about half the film's length on two cores. `work_dir` must
/// exist; nothing stays in it. `cancel` is asked at least ten times a second.
///
/// # Errors
/// [`RenderError`]; then `out` is as it was before, and nothing else is left.
pub fn render(
    plan: &Plan,
    out: &Path,
    work_dir: &Path,
    cancel: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Film, RenderError> {
    plan.check()?;
    let total_frames = plan.total_frames();
    let mut report = |phase, done_frames| {
        progress(Progress {
            done_frames,
            total_frames,
            phase,
        });
    };
    report(Phase::Sound, 0);
    let unfinished = TempFile::beside(out)?;
    let track = sound::make(plan, work_dir, cancel)?;
    report(Phase::Frames, 0);
    let mut composer = Composer::new(plan);
    encode::encode(
        plan,
        track.file.path(),
        unfinished.path(),
        cancel,
        &mut |number, frame| composer.draw(number, frame),
        &mut |done| report(Phase::Frames, done),
    )?;
    report(Phase::Finishing, total_frames);
    let bytes = check_finished(unfinished.path(), total_frames)?;
    unfinished.publish(out)?;
    Ok(Film {
        duration_ms: total_frames as u64 * 1000 / u64::from(plan.fps),
        frames: total_frames,
        bytes,
        integrated_lufs: track.level.integrated_lufs,
        true_peak_dbtp: track.level.true_peak_dbtp,
    })
}

/// The size of a film that is as long as it should be and not too large.
fn check_finished(film: &Path, total_frames: usize) -> Result<u64, RenderError> {
    let bytes = fs::metadata(film)
        .map_err(|error| RenderError::file(film, &error))?
        .len();
    let broken = |problem: String| Err(RenderError::Film { problem });
    let found = inspect::frames_of(film)?;
    if found != total_frames {
        return broken(format!(
            "has {found} frames instead of {total_frames}; make it again"
        ));
    }
    if bytes >= MAX_BYTES {
        return broken(format!(
            "takes {bytes} bytes, more than the {MAX_BYTES} that platforms accept; shorten it"
        ));
    }
    Ok(bytes)
}
