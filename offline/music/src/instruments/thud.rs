use crate::SAMPLE_RATE;
use crate::rotor::Rotor;

/// How fast the pitch and the loudness fall, per second.
const PITCH_FALL: f32 = 24.0;
const FALL: f32 = 10.0;

/// A soft drum: a low sine that starts an octave and a half up and sinks at once.
pub(super) struct Thud {
    low: Rotor,
    high: Rotor,
    high_share: f32,
    loudness: f32,
}

impl Thud {
    pub(super) fn new(hz: f32) -> Self {
        Self {
            low: Rotor::new(hz, 0.0),
            high: Rotor::new(hz * 2.8, 0.0),
            high_share: 0.6,
            loudness: 1.0,
        }
    }

    pub(super) fn next(&mut self) -> f32 {
        let rate = SAMPLE_RATE as f32;
        let high = self.high.next() * self.high_share;
        let value = (self.low.next() * (1.0 - self.high_share) + high) * self.loudness;
        self.high_share *= 1.0 - PITCH_FALL / rate;
        self.loudness *= 1.0 - FALL / rate;
        value
    }
}
