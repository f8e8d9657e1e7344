//! Writes a score of just the length asked for: whole bars, then a last chord
//! that is left to die away.

use crate::character::{Character, Chord, Pulse};
use crate::random::Random;
use crate::{MusicRequest, SAMPLE_RATE};

const BEATS_PER_BAR: usize = 4;
const PLUCKS_PER_BAR: usize = 8;
/// The last chord rings this long, or half of a piece too short for that.
const ENDING_S: f64 = 5.0;

/// A piece in samples and hertz.
pub(crate) struct Score {
    pub(crate) samples: usize,
    pub(crate) beat_samples: usize,
    pub(crate) pads: Vec<Note>,
    pub(crate) bass: Vec<Note>,
    pub(crate) plucks: Vec<Note>,
    pub(crate) thuds: Vec<Note>,
}

/// One sound of one instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Note {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) hz: f32,
    pub(crate) loudness: f32,
    /// 0 is left, 1 is right.
    pub(crate) pan: f32,
}

struct Bar {
    start: usize,
    length: usize,
    chord: Chord,
    is_last: bool,
}

pub(crate) fn compose(request: &MusicRequest, character: &Character) -> Score {
    let mut random = Random::new(request.seed);
    let samples = request.duration_ms as usize * SAMPLE_RATE as usize / 1000;
    let key = character.key + *random.pick(&[-2.0, -1.0, 0.0, 1.0, 2.0]);
    let bars = bars(samples, character, &mut random);
    let beat_samples = bars.first().map_or(0, |bar| bar.length / BEATS_PER_BAR);
    let mut score = Score {
        samples,
        beat_samples,
        pads: Vec::new(),
        bass: Vec::new(),
        plucks: Vec::new(),
        thuds: Vec::new(),
    };
    for bar in &bars {
        score.pads.extend(pads(bar, key, character));
        score.bass.push(bass(bar, key, character));
        score
            .plucks
            .extend(plucks(bar, key, character, &mut random));
        if !bar.is_last {
            score.thuds.extend(thuds(bar, character.pulse));
        }
    }
    score
}

/// Bars that fill `samples`: the tempo gives way a little so that they are whole.
fn bars(samples: usize, character: &Character, random: &mut Random) -> Vec<Bar> {
    let rate = f64::from(SAMPLE_RATE);
    let ending = (ENDING_S * rate).min(samples as f64 / 2.0);
    let body = samples as f64 - ending;
    let ideal = 60.0 / f64::from(character.beats_per_minute) * BEATS_PER_BAR as f64 * rate;
    let count = (body / ideal).round().max(1.0) as usize;
    let length = body / count as f64;
    let mut bars = Vec::with_capacity(count + 1);
    let mut phrase = random.pick(character.phrases);
    for bar in 0..count {
        if bar > 0 && bar % phrase.len() == 0 && random.chance(0.4) {
            phrase = random.pick(character.phrases);
        }
        bars.push(Bar {
            start: (bar as f64 * length) as usize,
            length: length as usize,
            chord: phrase[bar % phrase.len()],
            is_last: false,
        });
    }
    bars.push(Bar {
        start: body as usize,
        length: ending as usize,
        chord: character.home,
        is_last: true,
    });
    bars
}

/// Every voice of the chord, reaching into the next bar so that chords melt.
fn pads(bar: &Bar, key: f32, character: &Character) -> impl Iterator<Item = Note> {
    let loudness = character.pads.loudness;
    bar.chord
        .iter()
        .zip([0.35, 0.65, 0.7, 0.3])
        .map(move |(tone, pan)| Note {
            start: bar.start,
            length: bar.length * 5 / 4,
            hz: hz(key + *tone as f32),
            loudness,
            pan,
        })
}

fn bass(bar: &Bar, key: f32, character: &Character) -> Note {
    // Two octaves under the chord, but not under what small speakers can hint at.
    let root = key + bar.chord[0] as f32 - 24.0;
    Note {
        start: bar.start,
        length: bar.length,
        hz: hz(if root < 28.0 { root + 12.0 } else { root }),
        loudness: character.bass,
        pan: 0.5,
    }
}

fn plucks(bar: &Bar, key: f32, character: &Character, random: &mut Random) -> Vec<Note> {
    let style = &character.plucks;
    let mut notes = Vec::new();
    for step in 0..PLUCKS_PER_BAR {
        let tone = *random.pick(&bar.chord) as f32;
        let octave = if random.chance(style.leap) { 12.0 } else { 0.0 };
        let (strength, pan) = (random.unit(), random.unit());
        // The last chord is only touched once, at its start.
        let density = match (bar.is_last, step) {
            (true, 0) => 1.0,
            (true, _) => 0.0,
            (false, _) => style.density,
        };
        if random.chance(density) {
            notes.push(Note {
                start: bar.start + step * bar.length / PLUCKS_PER_BAR,
                length: SAMPLE_RATE as usize * 2,
                hz: hz(key + style.above + tone + octave),
                loudness: style.loudness * (0.65 + 0.35 * strength),
                pan: 0.2 + 0.6 * pan,
            });
        }
    }
    notes
}

fn thuds(bar: &Bar, pulse: Pulse) -> Vec<Note> {
    let beat = bar.length / BEATS_PER_BAR;
    let thud = |start: usize, loudness| Note {
        start: bar.start + start,
        length: SAMPLE_RATE as usize * 2 / 5,
        hz: 46.0,
        loudness,
        pan: 0.5,
    };
    match pulse {
        Pulse::None => Vec::new(),
        Pulse::Beat { loudness } => (0..BEATS_PER_BAR)
            .map(|at| thud(at * beat, loudness))
            .collect(),
        Pulse::Heartbeat { loudness } => [0, 2]
            .into_iter()
            .flat_map(|at| {
                let second = at * beat + SAMPLE_RATE as usize * 3 / 10;
                [thud(at * beat, loudness), thud(second, loudness * 0.7)]
            })
            .collect(),
    }
}

/// Frequency of a MIDI note number, equal temperament on A = 440 Hz.
fn hz(note: f32) -> f32 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mood, character};

    #[test]
    fn bars_fill_the_length_and_keep_close_to_the_tempo() {
        for mood in Mood::ALL {
            for seconds in [20, 31, 60, 89, 300] {
                let character = character::of(mood);
                let samples = seconds * SAMPLE_RATE as usize;
                let bars = bars(samples, character, &mut Random::new(1));
                let last = bars.last().unwrap();
                assert!(samples - (last.start + last.length) <= 1);
                let ideal = 240.0 / character.beats_per_minute * SAMPLE_RATE as f32;
                let stretch = bars[0].length as f32 / ideal;
                assert!(
                    (0.85..1.18).contains(&stretch),
                    "{mood} {seconds} {stretch}"
                );
            }
        }
    }

    #[test]
    fn a_piece_ends_on_its_home_chord_without_a_beat() {
        let request = MusicRequest {
            mood: Mood::Uplift,
            duration_ms: 30_000,
            seed: 3,
        };
        let score = compose(&request, character::of(Mood::Uplift));
        let ending = 25 * SAMPLE_RATE as usize;
        assert!(score.thuds.iter().all(|thud| thud.start < ending));
        assert_eq!(
            score.pads.iter().filter(|pad| pad.start >= ending).count(),
            4
        );
    }
}
