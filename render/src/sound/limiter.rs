//! A look-ahead limiter that sees the peaks between samples.

use std::collections::VecDeque;
use std::sync::LazyLock;

use super::loudness::amplitude;
use super::{RATE, Stereo};

/// The gain starts to fall this long before a peak and recovers as long after:
/// five milliseconds either side, too slow to distort and too short to pump.
const REACH: usize = RATE / 200;
/// Points looked at between two samples, as ITU-R BS.1770-4 annex 2 asks at 48 kHz.
const PHASES: usize = 4;
const TAPS: usize = 12;

/// Applies `gain`, then lowers what would exceed the ceiling.
pub(crate) fn limit(sound: &Stereo, gain: f32, ceiling_db: f64) -> Stereo {
    let ceiling = amplitude(ceiling_db);
    let needed: Vec<f32> = peaks(sound)
        .into_iter()
        .map(|peak| (ceiling / (peak * gain).max(ceiling)) * gain)
        .collect();
    let gains = smooth(&lowest_around(&needed));
    sound
        .iter()
        .zip(gains)
        .map(|(frame, gain)| frame.map(|sample| sample * gain))
        .collect()
}

/// The highest value of either channel at or just after each sample.
fn peaks(sound: &Stereo) -> Vec<f32> {
    static FILTERS: LazyLock<[[f32; TAPS]; PHASES - 1]> =
        LazyLock::new(|| std::array::from_fn(|phase| between(phase + 1)));
    let before = TAPS / 2 - 1;
    let mut padded = vec![[0.0; 2]; before];
    padded.extend_from_slice(sound);
    padded.resize(sound.len() + TAPS, [0.0; 2]);
    padded
        .windows(TAPS)
        .take(sound.len())
        .map(|window| {
            let mut peak = window[before][0].abs().max(window[before][1].abs());
            for filter in FILTERS.iter() {
                let mut sums = [0.0f32; 2];
                for (frame, weight) in window.iter().zip(filter) {
                    sums[0] += frame[0] * weight;
                    sums[1] += frame[1] * weight;
                }
                peak = peak.max(sums[0].abs()).max(sums[1].abs());
            }
            peak
        })
        .collect()
}

/// A windowed sinc for the point `phase` / `PHASES` after the middle left sample.
fn between(phase: usize) -> [f32; TAPS] {
    let shift = phase as f64 / PHASES as f64;
    std::array::from_fn(|tap| {
        let x = tap as f64 - (TAPS / 2 - 1) as f64 - shift;
        let half_width = TAPS as f64 / 2.0;
        let sinc = (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x);
        let window = 0.5 + 0.5 * (std::f64::consts::PI * x / half_width).cos();
        (sinc * window) as f32
    })
}

/// The lowest gain within reach of each sample, by a queue of rising candidates.
fn lowest_around(gains: &[f32]) -> Vec<f32> {
    let mut queue: VecDeque<usize> = VecDeque::new();
    let mut lowest = Vec::with_capacity(gains.len());
    for index in 0..gains.len() + REACH {
        if let Some(&gain) = gains.get(index) {
            while queue.back().is_some_and(|&last| gains[last] >= gain) {
                queue.pop_back();
            }
            queue.push_back(index);
        }
        if index >= REACH {
            while queue
                .front()
                .is_some_and(|&first| first + 2 * REACH < index)
            {
                queue.pop_front();
            }
            lowest.push(gains[queue[0]]);
        }
    }
    lowest
}

/// A moving mean as wide as the minimum's reach: never above what a peak needs.
fn smooth(gains: &[f32]) -> Vec<f32> {
    let width = 2 * REACH + 1;
    let at = |index: isize| {
        let index = index.clamp(0, gains.len() as isize - 1);
        f64::from(gains[index as usize])
    };
    let mut sum: f64 = (-(REACH as isize)..=REACH as isize).map(at).sum();
    (0..gains.len() as isize)
        .map(|index| {
            let mean = (sum / width as f64) as f32;
            sum += at(index + REACH as isize + 1) - at(index - REACH as isize);
            mean
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::loudness::Level;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn nothing_exceeds_the_ceiling(
            noise in prop::collection::vec(-1.0f32..1.0, 4_800),
            gain in 0.5f32..12.0,
        ) {
            let sound: Stereo = noise.iter().map(|&sample| [sample, sample.powi(3)]).collect();
            let limited = limit(&sound, gain, -2.0);
            prop_assert_eq!(limited.len(), sound.len());
            let level = Level::of(&limited);
            prop_assert!(level.true_peak_dbtp < -1.0, "{:?}", level);
        }
    }

    #[test]
    fn what_is_low_enough_is_only_amplified() {
        let sound: Stereo = (0..4_800)
            .map(|index| [(index as f32 * 0.05).sin() * 0.1; 2])
            .collect();
        for (before, after) in sound.iter().zip(limit(&sound, 2.0, -2.0)) {
            assert!((before[0] * 2.0 - after[0]).abs() < 1e-5);
        }
    }
}
