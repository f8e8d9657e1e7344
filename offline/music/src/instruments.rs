//! Plays the notes of a score.

mod pad;
mod pluck;
mod thud;

use crate::character::Character;
use crate::composition::{Note, Score};
use crate::effects::Stereo;
use crate::rotor::Rotor;

pub(crate) fn play_plucks(score: &Score, track: &mut Stereo) {
    for note in &score.plucks {
        let mut pluck = pluck::Pluck::new(note.hz);
        add(track, note, |_| pluck.next());
    }
}

pub(crate) fn play_pads(score: &Score, character: &Character, track: &mut Stereo) {
    for note in &score.pads {
        // A pair slightly apart in pitch and place is wider than one voice.
        for (cents, shift) in [(-6.0, -0.2), (5.0, 0.2)] {
            let side = Note {
                pan: note.pan + shift,
                ..*note
            };
            let mut pad = pad::Pad::new(&side, cents, character.pads.brightness_hz);
            add(track, &side, |at| pad.next(at));
        }
    }
}

/// A sine with a touch of its octave, so that small speakers hint at it.
pub(crate) fn play_bass(score: &Score, track: &mut Stereo) {
    for note in &score.bass {
        let mut root = Rotor::new(note.hz, 0.0);
        let mut octave = Rotor::new(note.hz * 2.0, 0.0);
        let swell = Swell::new(note.length, 0.12, 0.3);
        add(track, note, |at| {
            (root.next() + 0.25 * octave.next()) * swell.at(at)
        });
    }
}

pub(crate) fn play_pulse(score: &Score, track: &mut Stereo) {
    for note in &score.thuds {
        let mut thud = thud::Thud::new(note.hz);
        let swell = Swell::new(note.length, 0.006, 0.1);
        add(track, note, |at| thud.next() * swell.at(at));
    }
}

/// Adds a note to the track at its place between the speakers; what would sound
/// after the end of the track is left out.
fn add(track: &mut Stereo, note: &Note, mut sample: impl FnMut(usize) -> f32) {
    let end = (note.start + note.length).min(track.left.len());
    let start = note.start.min(end);
    let (left, right) = ((1.0 - note.pan) * note.loudness, note.pan * note.loudness);
    let sides = track.left[start..end]
        .iter_mut()
        .zip(&mut track.right[start..end]);
    for (at, (l, r)) in sides.enumerate() {
        let value = sample(at);
        *l += value * left * 2.0;
        *r += value * right * 2.0;
    }
}

/// A rise and a fall without corners, so that notes begin and end without a click.
struct Swell {
    length: f32,
    rise: f32,
    fall: f32,
}

impl Swell {
    /// Rise and fall in seconds, shortened for a note too short for both.
    fn new(length: usize, rise_s: f32, fall_s: f32) -> Self {
        let half = (length as f32 / 2.0).max(1.0);
        Self {
            length: length as f32,
            rise: (rise_s * crate::SAMPLE_RATE as f32).min(half),
            fall: (fall_s * crate::SAMPLE_RATE as f32).min(half),
        }
    }

    fn at(&self, sample: usize) -> f32 {
        let at = sample as f32;
        let share = (at / self.rise)
            .min((self.length - at) / self.fall)
            .clamp(0.0, 1.0);
        share * share * (3.0 - 2.0 * share)
    }
}
