//! Measures loudness and brings a mix to its target under a ceiling.

use ebur128::{EbuR128, Mode};

use super::limiter::limit;
use super::{RATE, Stereo};

/// How loud a sound is as a whole, and its highest point between samples too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level {
    /// Minus infinity for silence, and for what is too short to judge (0.4 s).
    pub(crate) integrated_lufs: f64,
    pub(crate) true_peak_dbtp: f64,
}

impl Level {
    pub(crate) fn of(sound: &Stereo) -> Self {
        let meter = measure(sound, Mode::I | Mode::TRUE_PEAK);
        let peak = (0..2).filter_map(|channel| meter.true_peak(channel).ok());
        Self {
            integrated_lufs: meter.loudness_global().unwrap_or(f64::NEG_INFINITY),
            true_peak_dbtp: 20.0 * peak.fold(0.0, f64::max).log10(),
        }
    }
}

/// Integrated loudness, or none for silence.
pub(crate) fn integrated_lufs(sound: &Stereo) -> Option<f64> {
    let loudness = measure(sound, Mode::I).loudness_global();
    loudness.ok().filter(|loudness| loudness.is_finite())
}

/// Gain and limiting work against each other, so the gain is found by trying.
pub(crate) fn master(mixed: &Stereo, target_lufs: f64, ceiling_db: f64) -> Stereo {
    const TRIES: usize = 6;
    const CLOSE_ENOUGH_LU: f64 = 0.05;
    let Some(loudness) = integrated_lufs(mixed) else {
        return limit(mixed, 1.0, ceiling_db);
    };
    let mut gain_db = target_lufs - loudness;
    let mut mastered = limit(mixed, amplitude(gain_db), ceiling_db);
    for _ in 0..TRIES {
        let missing = target_lufs - integrated_lufs(&mastered).unwrap_or(target_lufs);
        if missing.abs() < CLOSE_ENOUGH_LU {
            break;
        }
        gain_db += missing;
        mastered = limit(mixed, amplitude(gain_db), ceiling_db);
    }
    mastered
}

/// Decibels as a factor.
pub(crate) fn amplitude(decibels: f64) -> f32 {
    10f64.powf(decibels / 20.0) as f32
}

fn measure(sound: &Stereo, mode: Mode) -> EbuR128 {
    let mut meter = EbuR128::new(2, RATE as u32, mode).expect("two channels at 48 kHz are valid");
    meter
        .add_frames_f32(sound.as_flattened())
        .expect("the samples are pairs");
    meter
}
