use std::io::Cursor;

/// Samples per second of every [`Music`].
pub const SAMPLE_RATE: u32 = 48_000;

/// A piece of music, within -1..=1.
#[derive(Debug, Clone, PartialEq)]
pub struct Music {
    /// Always [`SAMPLE_RATE`].
    pub sample_rate: u32,
    pub left: Vec<f32>,
    /// As long as `left`.
    pub right: Vec<f32>,
}

impl Music {
    /// The music as a WAV file: 16-bit PCM, two channels.
    pub fn to_wav(&self) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        self.write(&mut file)
            .expect("memory takes every byte and six hours are needed to pass 4 GiB");
        file.into_inner()
    }

    fn write(&self, file: &mut Cursor<Vec<u8>>) -> hound::Result<()> {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: self.sample_rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(file, spec)?;
        for (left, right) in self.left.iter().zip(&self.right) {
            for sample in [left, right] {
                writer.write_sample((sample * f32::from(i16::MAX)) as i16)?;
            }
        }
        writer.finalize()
    }
}
