use crate::SAMPLE_RATE;
use crate::rotor::Rotor;

/// Times the note's pitch, loudness, and how many times a second it falls by e.
const PARTIALS: [(f32, f32, f32); 3] = [(1.0, 1.0, 3.2), (2.0, 0.35, 6.0), (3.01, 0.12, 9.0)];
const ATTACK_S: f32 = 0.005;

/// A struck bar or a plucked string, as three dying sines.
pub(super) struct Pluck {
    partials: [(Rotor, f32, f32); 3],
    attack: f32,
}

impl Pluck {
    pub(super) fn new(hz: f32) -> Self {
        let rate = SAMPLE_RATE as f32;
        Self {
            partials: PARTIALS.map(|(times, loudness, falls)| {
                (Rotor::new(hz * times, 0.0), loudness, (-falls / rate).exp())
            }),
            attack: 0.0,
        }
    }

    pub(super) fn next(&mut self) -> f32 {
        self.attack = (self.attack + 1.0 / (ATTACK_S * SAMPLE_RATE as f32)).min(1.0);
        let mut sum = 0.0;
        for (rotor, loudness, fall) in &mut self.partials {
            sum += rotor.next() * *loudness;
            *loudness *= *fall;
        }
        sum * self.attack
    }
}
