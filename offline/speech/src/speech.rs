use std::io::Cursor;

/// Samples per second of every [`Speech`].
pub const SAMPLE_RATE: u32 = 24_000;

/// A spoken text.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// Always [`SAMPLE_RATE`].
    pub sample_rate: u32,
    /// One channel, within -1..=1.
    pub samples: Vec<f32>,
    /// One entry for each whitespace-separated token of the text, in its order.
    pub words: Vec<Word>,
}

/// A token of the text and when it is heard. Words follow one another, do not
/// overlap and end within the sound; one that can't be spoken (an emoji, a lone
/// dash) has an empty span at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The token as written, punctuation included.
    pub text: String,
    pub start_ms: u32,
    pub end_ms: u32,
}

impl Speech {
    pub fn duration_ms(&self) -> u32 {
        (self.samples.len() as u64 * 1000 / u64::from(self.sample_rate)) as u32
    }

    /// The sound as a WAV file: 16-bit PCM, one channel.
    pub fn to_wav(&self) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: self.sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        self.write(&mut file, spec)
            .expect("memory takes every byte and the longest speech is far under 4 GiB");
        file.into_inner()
    }

    fn write(&self, file: &mut Cursor<Vec<u8>>, spec: hound::WavSpec) -> hound::Result<()> {
        let mut writer = hound::WavWriter::new(file, spec)?;
        for &sample in &self.samples {
            writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
        }
        writer.finalize()
    }
}
