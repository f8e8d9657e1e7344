//! Joins the chunks of a speech: silence cut to measure, no clicks.

use crate::SAMPLE_RATE;

/// What is heard after a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The sentence goes on.
    Clause,
    Sentence,
    Paragraph,
    /// The text is over.
    End,
}

impl Pause {
    fn ms(self) -> usize {
        match self {
            Self::Clause => 120,
            Self::Sentence => 400,
            Self::Paragraph => 700,
            Self::End => 180,
        }
    }
}

/// Sound under this, about -54 dB of full scale, is silence.
const SILENCE: f32 = 0.002;
/// Kept around what is heard, so that a soft beginning or end is not cut.
const MARGIN_MS: usize = 30;
const FADE_MS: usize = 8;
/// The loudest sample of a speech.
const MAX_PEAK: f32 = 0.95;

/// Where a chunk lies in its track, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The chunk's first sample; before its neighbour's end, even before the
    /// track's start, when leading silence was cut away.
    pub(crate) origin: i64,
    /// Where the chunk is no longer heard.
    pub(crate) end: i64,
}

/// A speech as it grows.
pub(crate) struct Track {
    samples: Vec<f32>,
    speed: f32,
}

impl Track {
    pub(crate) fn new(speed: f32) -> Self {
        let samples = vec![0.0; samples_of(MARGIN_MS)];
        Self { samples, speed }
    }

    /// Adds a chunk and the pause after it.
    pub(crate) fn push(&mut self, chunk: &[f32], pause: Pause) -> Place {
        let heard = heard(chunk);
        let origin = self.samples.len() as i64 - heard.start as i64;
        let start = self.samples.len();
        self.samples.extend_from_slice(&chunk[heard]);
        fade_ends(&mut self.samples[start..]);
        let end = self.samples.len() as i64;
        let silence = (pause.ms() - 2 * MARGIN_MS) as f32 / self.speed;
        self.samples
            .resize(self.samples.len() + samples_of(silence as usize), 0.0);
        Place { origin, end }
    }

    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    /// The whole, made quieter as one if its loudest sample asks for it.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        let peak = self
            .samples
            .iter()
            .fold(0.0f32, |peak, s| peak.max(s.abs()));
        if peak > MAX_PEAK {
            for sample in &mut self.samples {
                *sample *= MAX_PEAK / peak;
            }
        }
        self.samples
    }
}

/// The part of `chunk` that is not silence, with a margin.
fn heard(chunk: &[f32]) -> std::ops::Range<usize> {
    let loud = |sample: &f32| sample.abs() > SILENCE;
    let Some(first) = chunk.iter().position(loud) else {
        return 0..0;
    };
    let last = chunk.iter().rposition(loud).unwrap_or(first);
    let margin = samples_of(MARGIN_MS);
    first.saturating_sub(margin)..(last + margin).min(chunk.len())
}

fn fade_ends(sound: &mut [f32]) {
    let length = samples_of(FADE_MS).min(sound.len() / 2);
    let last = sound.len().saturating_sub(1);
    for i in 0..length {
        let gain = i as f32 / length as f32;
        sound[i] *= gain;
        sound[last - i] *= gain;
    }
}

fn samples_of(ms: usize) -> usize {
    ms * SAMPLE_RATE as usize / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(silence: usize) -> Vec<f32> {
        let mut sound = vec![0.0; silence];
        sound.extend((0..4800).map(|i| (i as f32 * 0.2).cos() * 0.5));
        sound.extend(vec![0.0; silence]);
        sound
    }

    #[test]
    fn joins_have_no_click() {
        let mut track = Track::new(1.0);
        track.push(&tone(0), Pause::Sentence);
        track.push(&tone(0), Pause::End);
        let samples = track.finish();
        let jump = samples.windows(2).map(|w| (w[1] - w[0]).abs());
        assert!(jump.fold(0.0, f32::max) < 0.12);
    }

    #[test]
    fn a_chunk_is_found_where_it_was_said_to_be() {
        let mut track = Track::new(1.0);
        track.push(&tone(100), Pause::Sentence);
        let origin = track.push(&tone(3000), Pause::End).origin;
        let samples = track.finish();
        let middle = 3000 + 2400;
        assert_eq!(
            samples[(origin + middle) as usize],
            tone(3000)[middle as usize]
        );
    }

    #[test]
    fn the_loudest_sample_stays_under_full_scale() {
        let mut track = Track::new(1.0);
        track.push(&[3.0; 4800], Pause::End);
        let peak = track.finish().into_iter().fold(0.0f32, f32::max);
        assert!(peak <= MAX_PEAK + 1e-6);
    }
}
