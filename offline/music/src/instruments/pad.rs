use super::Swell;
use crate::SAMPLE_RATE;
use crate::composition::Note;
use std::f32::consts::TAU;

/// Samples between two settings of the filter; a slow filter needs no more.
const FILTER_STEP: usize = 64;

/// A soft sustained voice: a sawtooth behind a filter that opens and closes.
pub(super) struct Pad {
    cycle: f32,
    step: f32,
    swell: Swell,
    brightness_hz: f32,
    /// Where the slow movement of the filter starts.
    drift: f32,
    openness: f32,
    first: f32,
    second: f32,
}

impl Pad {
    /// `cents` is how far off its note it plays, in hundredths of a semitone.
    pub(super) fn new(note: &Note, cents: f32, brightness_hz: f32) -> Self {
        Self {
            // Voices that start together at one point of their cycle would add up to a bump.
            cycle: (note.hz * 0.37 + note.pan).fract(),
            step: note.hz * (cents / 1200.0).exp2() / SAMPLE_RATE as f32,
            swell: Swell::new(note.length, 1.1, 1.2),
            brightness_hz,
            drift: note.pan * TAU + note.start as f32 / SAMPLE_RATE as f32 * 0.7,
            openness: 0.0,
            first: 0.0,
            second: 0.0,
        }
    }

    pub(super) fn next(&mut self, at: usize) -> f32 {
        let swell = self.swell.at(at);
        if at.is_multiple_of(FILTER_STEP) {
            self.set_filter(at, swell);
        }
        self.first += self.openness * (self.sawtooth() - self.first);
        self.second += self.openness * (self.first - self.second);
        self.second * swell
    }

    fn set_filter(&mut self, at: usize, swell: f32) {
        let movement = (self.drift + TAU * 0.11 * at as f32 / SAMPLE_RATE as f32).sin();
        let cutoff = self.brightness_hz * (0.45 + 0.55 * swell) * (1.0 + 0.15 * movement);
        self.openness = 1.0 - (-TAU * cutoff / SAMPLE_RATE as f32).exp();
    }

    /// A sawtooth whose jump is rounded by a polynomial, which keeps mirrored
    /// overtones away (Välimäki, Pakarinen, Zölzer: polyBLEP).
    fn sawtooth(&mut self) -> f32 {
        let (cycle, step) = (self.cycle, self.step);
        self.cycle += step;
        if self.cycle >= 1.0 {
            self.cycle -= 1.0;
        }
        let rounding = if cycle < step {
            let t = cycle / step;
            t + t - t * t - 1.0
        } else if cycle > 1.0 - step {
            let t = (cycle - 1.0) / step;
            t * t + t + t + 1.0
        } else {
            0.0
        };
        2.0 * cycle - 1.0 - rounding
    }
}
