//! Brings a piece to its level and fades its ends.

use crate::effects::Stereo;
use crate::{Music, SAMPLE_RATE};

/// Loudness of a piece as the root of its mean square: about -18 dB of full scale.
const LOUDNESS: f32 = 0.126;
/// The loudest sample of a piece.
const MAX_PEAK: f32 = 0.89;
/// Nothing under this can be heard, and speakers should not have to move for it.
const LOWEST_HZ: f32 = 25.0;
const FADE_IN_S: f32 = 1.2;
const FADE_OUT_S: f32 = 3.0;

pub(crate) fn finish(mut track: Stereo) -> Music {
    for channel in [&mut track.left, &mut track.right] {
        remove_rumble(channel);
        fade_ends(channel);
    }
    let samples = || track.left.iter().chain(&track.right);
    let peak = samples().fold(0.0f32, |peak, s| peak.max(s.abs()));
    let energy: f64 = samples().map(|s| f64::from(s * s)).sum();
    let loudness = (energy / samples().count().max(1) as f64).sqrt() as f32;
    let gain = (LOUDNESS / loudness).min(MAX_PEAK / peak);
    // A piece without a sample, or too short for one to sound, stays as it is.
    if gain.is_finite() {
        for sample in track.left.iter_mut().chain(&mut track.right) {
            *sample *= gain;
        }
    }
    Music {
        sample_rate: SAMPLE_RATE,
        left: track.left,
        right: track.right,
    }
}

/// A high-pass of the first order.
fn remove_rumble(channel: &mut [f32]) {
    let keep = (-std::f32::consts::TAU * LOWEST_HZ / SAMPLE_RATE as f32).exp();
    let (mut input, mut output) = (0.0, 0.0);
    for sample in channel {
        output = keep * (output + *sample - input);
        input = *sample;
        *sample = output;
    }
}

/// Smooth fades from and to silence, shorter on a short piece.
fn fade_ends(channel: &mut [f32]) {
    let count = channel.len();
    let length =
        |seconds: f32, share: f32| (seconds * SAMPLE_RATE as f32).min(count as f32 * share);
    let (rise, fall) = (length(FADE_IN_S, 0.2), length(FADE_OUT_S, 0.4));
    for (at, sample) in channel.iter_mut().enumerate() {
        let left = (count - 1 - at) as f32;
        let share = (at as f32 / rise).min(left / fall).min(1.0);
        *sample *= share * share * (3.0 - 2.0 * share);
    }
}
