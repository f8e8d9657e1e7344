//! The sound of a narration, put together from the pieces it was spoken in.

use std::io::Cursor;

use bytes::Bytes;
use domain::video::output::SpokenWord;

use crate::ProviderError;

/// Samples per second, of one channel: what every provider gives without a
/// codec, whatever the plan.
pub(super) const SAMPLE_RATE: u32 = 24_000;
const SAMPLES_PER_MS: usize = SAMPLE_RATE as usize / 1_000;

/// Each side of a border between pieces is faded for so long: a sound that
/// begins or ends anywhere but at zero clicks.
const FADE_MS: usize = 5;
/// Silence between pieces, beside what the provider leaves around them.
const PAUSE_MS: usize = 120;

/// 16-bit samples at [`SAMPLE_RATE`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sound(Vec<i16>);

impl Sound {
    /// Little-endian samples without a header.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for half a sample, or none.
    pub(super) fn from_pcm(bytes: &[u8]) -> Result<Self, ProviderError> {
        let (samples, rest) = bytes.as_chunks::<2>();
        if samples.is_empty() || !rest.is_empty() {
            return Err(ProviderError::Malformed {
                problem: "its sound is not made of 16-bit samples".to_owned(),
            });
        }
        Ok(Self(
            samples.iter().copied().map(i16::from_le_bytes).collect(),
        ))
    }

    pub(super) fn duration_ms(&self) -> u32 {
        u32::try_from(self.0.len() / SAMPLES_PER_MS).unwrap_or(u32::MAX)
    }

    /// A RIFF WAVE file of it.
    pub(super) fn to_wav(&self) -> Bytes {
        let mut file = Cursor::new(Vec::with_capacity(44 + self.0.len() * 2));
        self.write(&mut file)
            .expect("memory takes every byte, and the longest narration is far under 4 GiB");
        file.into_inner().into()
    }

    fn write(&self, file: &mut Cursor<Vec<u8>>) -> hound::Result<()> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(file, spec)?;
        for sample in &self.0 {
            writer.write_sample(*sample)?;
        }
        writer.finalize()
    }

    fn fade_in(&mut self) {
        for (index, sample) in self.0.iter_mut().take(FADE_MS * SAMPLES_PER_MS).enumerate() {
            *sample = faded(*sample, index);
        }
    }

    fn fade_out(&mut self) {
        let last = self.0.iter_mut().rev();
        for (index, sample) in last.take(FADE_MS * SAMPLES_PER_MS).enumerate() {
            *sample = faded(*sample, index);
        }
    }
}

/// A quarter of a sine, so that the power rises evenly.
fn faded(sample: i16, index: usize) -> i16 {
    let place = index as f32 / (FADE_MS * SAMPLES_PER_MS) as f32;
    (f32::from(sample) * (place * std::f32::consts::FRAC_PI_2).sin()) as i16
}

/// A narration as it grows. One that is of one piece sounds as it came.
#[derive(Debug, Default)]
pub(super) struct Narration {
    pub(super) sound: Sound,
    pub(super) words: Vec<SpokenWord>,
}

impl Narration {
    /// `words` are timed from the beginning of `sound`.
    pub(super) fn push(&mut self, mut sound: Sound, words: Vec<SpokenWord>) {
        if !self.sound.0.is_empty() {
            self.sound.fade_out();
            self.pause();
            sound.fade_in();
        }
        let begins_ms = self.sound.duration_ms();
        self.words.extend(words.into_iter().map(|word| SpokenWord {
            start_ms: begins_ms + word.start_ms,
            end_ms: begins_ms + word.end_ms,
            ..word
        }));
        self.sound.0.append(&mut sound.0);
    }

    /// Ends at a whole millisecond, so that what follows is timed exactly.
    fn pause(&mut self) {
        let samples = &mut self.sound.0;
        let until = samples.len() + PAUSE_MS * SAMPLES_PER_MS;
        samples.resize(until.next_multiple_of(SAMPLES_PER_MS), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loud(samples: usize) -> Sound {
        Sound(vec![12_000; samples])
    }

    fn word(start_ms: u32, end_ms: u32) -> SpokenWord {
        SpokenWord {
            text: "octopus".to_owned(),
            start_ms,
            end_ms,
        }
    }

    #[test]
    fn pieces_are_joined_without_a_click_and_timed_to_the_millisecond() {
        let mut narration = Narration::default();
        narration.push(loud(2_411), vec![word(0, 90)]);
        narration.push(loud(2_400), vec![word(10, 90)]);
        let samples = &narration.sound.0;
        let border = &samples[1_000..samples.len() - 1_000];
        let jump = border.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
        assert!(jump.max() < Some(200));
        // 2,411 samples are 100.46 ms, so the second piece begins at 221.
        assert_eq!(narration.words[1], word(231, 311));
        assert_eq!(samples.len(), 221 * SAMPLES_PER_MS + 2_400);
        assert_eq!(narration.sound.duration_ms(), 321);
    }

    #[test]
    fn one_piece_sounds_as_it_came() {
        let mut narration = Narration::default();
        narration.push(loud(2_411), vec![word(0, 90)]);
        assert_eq!(narration.sound, loud(2_411));
    }

    #[test]
    fn a_wav_file_holds_the_same_samples() {
        let pcm: Vec<u8> = [0i16, -1, i16::MAX, i16::MIN]
            .into_iter()
            .flat_map(i16::to_le_bytes)
            .collect();
        let wav = Sound::from_pcm(&pcm).unwrap().to_wav();
        assert_eq!(wav[wav.len() - 8..], pcm);
        assert!(Sound::from_pcm(&pcm[..7]).is_err() && Sound::from_pcm(&[]).is_err());
    }
}
