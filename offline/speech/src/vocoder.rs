//! Makes sound of the network's spectra.
//!
//! The model predicts, for every 12.5 ms frame, how to filter a train of glottal
//! pulses (magnitude and turn of phase), how loud the breath is, and a part with
//! phases of its own. The three are added and turned back into samples by an
//! inverse short-time Fourier transform. The figures are those the voice was
//! trained with.

use crate::SAMPLE_RATE;
use crate::acoustic::Frames;
use crate::noise::Noise;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::f32::consts::{PI, TAU};
use std::sync::Arc;

/// Samples of sound for each frame.
pub(crate) const HOP: usize = 300;
const WINDOW: usize = 1200;
const BINS: usize = WINDOW / 2 + 1;
/// Below this pitch a frame has no pulses.
const VOICED_HZ: f32 = 40.0;
/// Pulses hold no harmonic above this.
const TOP_HARMONIC_HZ: f32 = 11_000.0;
/// Logarithms of magnitudes are held under this, as in training.
const MAX_LOG: f32 = 7.0;

pub(crate) struct Vocoder {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// Periodic Hann.
    window: Vec<f32>,
}

impl Vocoder {
    pub(crate) fn new() -> Self {
        let mut planner = FftPlanner::new();
        Self {
            forward: planner.plan_fft_forward(WINDOW),
            inverse: planner.plan_fft_inverse(WINDOW),
            window: (0..WINDOW)
                .map(|i| 0.5 - 0.5 * (TAU * i as f32 / WINDOW as f32).cos())
                .collect(),
        }
    }

    /// [`HOP`] samples for each frame.
    pub(crate) fn sound(&self, frames: &Frames, noise: &mut Noise) -> Vec<f32> {
        let count = frames.pitch_hz.len();
        let excitation = pulses(&frames.pitch_hz);
        let mut sum = vec![0.0; count * HOP + WINDOW];
        let mut weight = vec![0.0; count * HOP + WINDOW];
        let mut spectrum = vec![Complex32::default(); WINDOW];
        for frame in 0..count {
            self.analyse(&excitation, frame, &mut spectrum);
            for (bin, value) in spectrum.iter_mut().take(BINS).enumerate() {
                *value = combine(*value, frames, bin * count + frame, noise);
            }
            self.synthesise(&mut spectrum, |i, sample| {
                let window = self.window[i];
                sum[frame * HOP + i] += sample * window;
                weight[frame * HOP + i] += window * window;
            });
        }
        let half = WINDOW / 2;
        (half..half + count * HOP)
            .map(|i| sum[i] / weight[i].max(1e-11))
            .collect()
    }

    /// Spectrum of the excitation around the start of `frame`, mirrored at the ends.
    fn analyse(&self, excitation: &[f32], frame: usize, spectrum: &mut [Complex32]) {
        let last = excitation.len() as isize - 1;
        for (i, value) in spectrum.iter_mut().enumerate() {
            let mut at = ((frame * HOP + i) as isize - (WINDOW / 2) as isize).abs();
            if at > last {
                at = (2 * last - at).max(0);
            }
            let sample = excitation[at as usize] * self.window[i] / (WINDOW / 4) as f32;
            *value = Complex32::new(sample, 0.0);
        }
        self.forward.process(spectrum);
    }

    /// Inverse transform of the lower half of `spectrum`, sample by sample.
    fn synthesise(&self, spectrum: &mut [Complex32], mut take: impl FnMut(usize, f32)) {
        spectrum[0].im = 0.0;
        spectrum[WINDOW / 2].im = 0.0;
        for bin in 1..WINDOW / 2 {
            spectrum[WINDOW - bin] = spectrum[bin].conj();
        }
        self.inverse.process(spectrum);
        for (i, value) in spectrum.iter().enumerate() {
            take(i, value.re / WINDOW as f32);
        }
    }
}

/// One bin of one frame: filtered pulses, breath and the free part.
fn combine(pulse: Complex32, frames: &Frames, at: usize, noise: &mut Noise) -> Complex32 {
    let magnitude = |log: f32| log.min(MAX_LOG).exp();
    let turn = frames.harmonic_turn[at].tanh() * PI;
    let breath = magnitude(frames.log_noise[at]);
    let (re, im) = noise.gaussian_pair();
    pulse * Complex32::from_polar(magnitude(frames.log_harmonic[at]), turn)
        + Complex32::new(re * breath, im * breath)
        + Complex32::from_polar(magnitude(frames.log_free[at]), frames.free_phase[at])
}

/// A train of pulses with every harmonic under [`TOP_HARMONIC_HZ`] at unit
/// amplitude, by the closed form of a sum of cosines; silent where unvoiced.
fn pulses(pitch_hz: &[f32]) -> Vec<f32> {
    let last = pitch_hz.len().saturating_sub(1);
    let mut cycle = 0.0f64;
    (0..pitch_hz.len() * HOP)
        .map(|i| {
            let position = (i as f32 + 0.5) / HOP as f32 - 0.5;
            let share = position - position.floor();
            let before = pitch_hz[(position.floor().max(0.0) as usize).min(last)];
            let after = pitch_hz[((position.floor() + 1.0) as usize).min(last)];
            let pitch = before * (1.0 - share) + after * share;
            let held = pitch.max(VOICED_HZ);
            cycle = (cycle + f64::from(held) / f64::from(SAMPLE_RATE)).fract();
            if pitch <= VOICED_HZ {
                return 0.0;
            }
            let angle = (cycle * std::f64::consts::TAU) as f32;
            let harmonics = (TOP_HARMONIC_HZ / held).floor() + 0.5;
            let divisor = 2.0 * (angle * 0.5).sin();
            if divisor.abs() <= 2e-3 {
                harmonics - 0.5
            } else {
                (harmonics * angle).sin() / divisor - 0.5
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulses_come_once_a_period_and_stop_where_unvoiced() {
        let mut pitch = vec![200.0; 40];
        pitch.extend([0.0; 40]);
        let train = pulses(&pitch);
        let peaks = train[..30 * HOP].iter().filter(|v| **v > 30.0).count();
        // 30 frames are 375 ms: 75 periods of 5 ms, each with a sharp crest.
        assert!((70..=240).contains(&peaks), "{peaks}");
        assert!(train[45 * HOP..].iter().all(|v| *v == 0.0));
    }
}
