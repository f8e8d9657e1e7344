use crate::SAMPLE_RATE;
use std::f64::consts::TAU;

/// A sine by turning a point about a circle: one rotation a sample, no `sin`.
/// Its drift over minutes is far under what 16 bits hold.
pub(crate) struct Rotor {
    sin: f64,
    cos: f64,
    turn_sin: f64,
    turn_cos: f64,
}

impl Rotor {
    /// `cycle` is where in its period it starts, 0..1.
    pub(crate) fn new(hz: f32, cycle: f32) -> Self {
        let (sin, cos) = (TAU * f64::from(cycle)).sin_cos();
        let (turn_sin, turn_cos) = (TAU * f64::from(hz) / f64::from(SAMPLE_RATE)).sin_cos();
        Self {
            sin,
            cos,
            turn_sin,
            turn_cos,
        }
    }

    pub(crate) fn next(&mut self) -> f32 {
        let value = self.sin;
        let sin = self.sin * self.turn_cos + self.cos * self.turn_sin;
        self.cos = self.cos * self.turn_cos - self.sin * self.turn_sin;
        self.sin = sin;
        value as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_a_sine_for_minutes() {
        let mut rotor = Rotor::new(440.0, 0.0);
        let samples = SAMPLE_RATE as usize * 180;
        let peak = (0..samples)
            .map(|_| rotor.next())
            .skip(samples - 1000)
            .fold(0.0f32, f32::max);
        assert!((peak - 1.0).abs() < 1e-3, "{peak}");
    }
}
