//! Feeds frames to `ffmpeg`, which encodes them and puts the sound beside them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::RenderError;
use crate::ffmpeg::{self, Running};
use crate::plan::Plan;
use crate::planes::Frame;

/// How much work the encoder puts into the film.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// To look at, not to publish.
    Draft,
    /// Close to `Best` in quality for a third of its time.
    #[default]
    Standard,
    Best,
}

/// Films must stay under 100 MB; this leaves room for the index and for what
/// the rate control may exceed.
const MOST_BYTES: f64 = 94e6;
const AUDIO_BITS_PER_SECOND: f64 = 200e3;
/// Seconds of the highest rate that the encoder may save up.
const BUFFER_S: f64 = 2.0;
const MOST_BITS_PER_SECOND: f64 = 12e6;
/// A fixed number, since it changes what the encoder writes.
const ENCODER_THREADS: usize = 4;
/// Seconds between pictures that can be jumped to.
const KEY_FRAME_S: u32 = 4;
/// Frames drawn ahead of the encoder.
const FRAMES_AHEAD: usize = 3;
/// The largest pipe an ordinary user may have on Linux.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;
const CANCEL_POLL: Duration = Duration::from_millis(50);

impl Preset {
    /// x264's own preset, constant rate factor, and what is changed in them.
    fn settings(self) -> (&'static str, u32, &'static str) {
        match self {
            Self::Draft => ("superfast", 27, ""),
            Self::Standard => ("superfast", 19, "subme=4:rc-lookahead=20:mbtree=1:"),
            Self::Best => ("medium", 18, ""),
        }
    }
}

/// Encodes all frames of a film with its sound into `out`. `draw` is asked for
/// each frame in turn; `done` hears how many have been handed on.
pub(crate) fn encode(
    plan: &Plan,
    sound: &Path,
    out: &Path,
    cancel: &dyn Fn() -> bool,
    draw: &mut dyn FnMut(usize, &mut Frame) -> Result<(), RenderError>,
    done: &mut dyn FnMut(usize),
) -> Result<(), RenderError> {
    let mut running = Running::start(&mut command(plan, sound, out), "encoding the film")?;
    let mut input = running.stdin();
    #[cfg(target_os = "linux")]
    // A smaller pipe is slower, not wrong.
    let _ = rustix::pipe::fcntl_setpipe_size(&input, PIPE_BYTES);
    let (full, waiting) = mpsc::sync_channel::<Frame>(FRAMES_AHEAD);
    let (give_back, empty) = mpsc::channel::<Frame>();
    for _ in 0..FRAMES_AHEAD {
        let frame = Frame::new(plan.width, plan.height);
        give_back.send(frame).expect("its receiver is in scope");
    }
    // It ends when the frames do, or when the encoder is gone.
    std::thread::spawn(move || {
        for frame in waiting {
            if input.write_all(&frame.bytes).is_err() || give_back.send(frame).is_err() {
                break;
            }
        }
    });
    for number in 0..plan.total_frames() {
        let Some(mut frame) = next_empty(&empty, cancel)? else {
            break;
        };
        draw(number, &mut frame)?;
        // Never blocks: there are no more frames than places for them.
        if full.send(frame).is_err() {
            break;
        }
        done(number + 1);
    }
    drop(full);
    let said = match running.finish(cancel) {
        Ok(said) => said.join("; "),
        Err(RenderError::Encoder { detail, .. }) if is_disk_full(&detail) => detail,
        Err(other) => return Err(other),
    };
    // ffmpeg may call it a success when only the index did not fit.
    if is_disk_full(&said) {
        let full = std::io::ErrorKind::StorageFull.into();
        return Err(RenderError::file(out, &full));
    }
    Ok(())
}

/// A frame to draw on, or none when the encoder has stopped taking them.
fn next_empty(
    empty: &Receiver<Frame>,
    cancel: &dyn Fn() -> bool,
) -> Result<Option<Frame>, RenderError> {
    loop {
        if cancel() {
            return Err(RenderError::Cancelled);
        }
        match empty.recv_timeout(CANCEL_POLL) {
            Ok(frame) => return Ok(Some(frame)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

fn is_disk_full(said: &str) -> bool {
    said.contains("No space left on device")
}

fn command(plan: &Plan, sound: &Path, out: &Path) -> Command {
    let (preset, crf, changes) = plan.preset.settings();
    let seconds = plan.total_frames() as f64 / f64::from(plan.fps);
    let fitting = MOST_BYTES * 8.0 / (seconds + BUFFER_S) - AUDIO_BITS_PER_SECOND;
    let max_kbits = (fitting.min(MOST_BITS_PER_SECOND) / 1000.0) as u64;
    let buffer_kbits = (max_kbits as f64 * BUFFER_S) as u64;
    let key_frames = plan.fps * KEY_FRAME_S;
    let x264 = format!(
        "{changes}threads={ENCODER_THREADS}:lookahead-threads=1:keyint={key_frames}:colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off:chromaloc=0"
    );
    let colours = [
        "-color_range",
        "tv",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
    ];
    let mut command = ffmpeg::ffmpeg();
    command
        .args(["-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
        .args(["-video_size", &format!("{}x{}", plan.width, plan.height)])
        .args(["-framerate", &plan.fps.to_string()])
        .args(colours)
        .args(["-i", "pipe:0", "-i"])
        .arg(ffmpeg::file(sound))
        .args(["-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "-1"])
        .args([
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-profile:v",
            "high",
        ])
        .args(["-preset", preset, "-crf", &crf.to_string()])
        .args(["-maxrate", &format!("{max_kbits}k")])
        .args(["-bufsize", &format!("{buffer_kbits}k")])
        .args(["-x264-params", &x264])
        .args(colours)
        .args(["-chroma_sample_location", "left", "-c:a", "copy"])
        .args(["-fflags", "+bitexact", "-flags:v", "+bitexact"])
        .args(["-movflags", "+faststart", "-f", "mp4"])
        .arg(ffmpeg::file(out))
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    command
}
