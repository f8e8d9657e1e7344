//! A room: eight delays that feed one another (a feedback delay network, after
//! Jot and Chaigne 1991), each pass losing loudness and brightness. The delays
//! breathe a little: at rest, a held chord would ring on the notes that happen
//! to fit them and fall silent between.

use super::Stereo;
use crate::SAMPLE_RATE;
use crate::character::Room;
use crate::rotor::Rotor;

/// Primes, so that no two delays fall into step; 31 to 94 ms.
const DELAYS: [usize; 8] = [1499, 1777, 2137, 2503, 2903, 3391, 3947, 4513];
/// How much of each pass is smoothed away; takes the highs first.
const DAMPING: f32 = 0.35;

/// How far each delay breathes, in samples, and how often a second at least.
const BREATH: f32 = 20.0;
const BREATH_HZ: f32 = 0.13;

/// Adds the sound of `room` to the track.
pub(crate) fn reverberate(track: &mut Stereo, room: Room) {
    let mut network = Network::new(room.decay_s);
    for (left, right) in track.left.iter_mut().zip(&mut track.right) {
        let (wet_left, wet_right) = network.pass(*left, *right);
        *left += (wet_left - *left) * room.wet;
        *right += (wet_right - *right) * room.wet;
    }
}

struct Network {
    lines: [Line; 8],
}

impl Network {
    fn new(decay_s: f32) -> Self {
        let mut number = 0.0;
        Self {
            lines: DELAYS.map(|delay| {
                number += 1.0;
                Line::new(delay, decay_s, number)
            }),
        }
    }

    fn pass(&mut self, left: f32, right: f32) -> (f32, f32) {
        let mut heard = [0.0; 8];
        for (line, heard) in self.lines.iter_mut().zip(&mut heard) {
            *heard = line.hear();
        }
        let mixed = mix(heard);
        for (i, (line, back)) in self.lines.iter_mut().zip(mixed).enumerate() {
            line.feed(back + if i % 2 == 0 { left } else { right });
        }
        (
            heard[0] - heard[2] + heard[4] - heard[6],
            heard[1] - heard[3] + heard[5] - heard[7],
        )
    }
}

/// One delay. It is longer than its delay by the breath and a sample.
struct Line {
    samples: Vec<f32>,
    at: usize,
    breath: Rotor,
    smooth: f32,
    loss: f32,
}

impl Line {
    fn new(delay: usize, decay_s: f32, number: f32) -> Self {
        Self {
            samples: vec![0.0; delay + BREATH as usize + 1],
            at: 0,
            breath: Rotor::new(BREATH_HZ * (1.0 + number * 0.17), number / 8.0),
            smooth: 0.0,
            // 60 dB are a factor of a thousand.
            loss: 0.001f32.powf(delay as f32 / (decay_s * SAMPLE_RATE as f32)),
        }
    }

    /// What comes out now, between two samples.
    fn hear(&mut self) -> f32 {
        let later = BREATH * (1.0 + self.breath.next());
        let whole = later as usize;
        let share = later - whole as f32;
        let sample = |at: usize| {
            let end = self.samples.len();
            self.samples[if at >= end { at - end } else { at }]
        };
        let early = sample(self.at + whole);
        let sample = early + (sample(self.at + whole + 1) - early) * share;
        self.smooth += (sample - self.smooth) * (1.0 - DAMPING);
        self.smooth * self.loss
    }

    fn feed(&mut self, sample: f32) {
        self.samples[self.at] = sample;
        self.at += 1;
        if self.at == self.samples.len() {
            self.at = 0;
        }
    }
}

/// Spreads every line into every other and keeps the energy (a Hadamard matrix).
fn mix(mut values: [f32; 8]) -> [f32; 8] {
    for half in [1, 2, 4] {
        for at in (0..8).filter(|at| at & half == 0) {
            let (a, b) = (values[at], values[at + half]);
            values[at] = a + b;
            values[at + half] = a - b;
        }
    }
    values.map(|value| value * std::f32::consts::FRAC_1_SQRT_2 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clap_dies_away_in_the_time_of_the_room() {
        let mut track = Stereo::silent(SAMPLE_RATE as usize * 4);
        (track.left[0], track.right[0]) = (1.0, 1.0);
        let room = Room {
            decay_s: 2.0,
            wet: 1.0,
        };
        reverberate(&mut track, room);
        let energy = |from_ms: usize| -> f32 {
            let from = from_ms * SAMPLE_RATE as usize / 1000;
            track.left[from..from + 9600].iter().map(|s| s * s).sum()
        };
        assert!(energy(100) > 1e-3);
        assert!(energy(2100) < energy(100) * 1e-5);
    }
}
