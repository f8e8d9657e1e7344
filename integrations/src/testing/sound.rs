const SAMPLE_RATE: u32 = 24_000;

/// A quiet tone as a WAV file: 16-bit PCM, one channel.
pub(super) fn tone(duration_ms: u32) -> Vec<u8> {
    let samples = SAMPLE_RATE / 1_000 * duration_ms;
    let data_bytes = samples * 2;
    let mut wav = Vec::with_capacity(44 + data_bytes as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + data_bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    // PCM, one channel.
    wav.extend([1, 0, 1, 0]);
    wav.extend(SAMPLE_RATE.to_le_bytes());
    wav.extend((SAMPLE_RATE * 2).to_le_bytes());
    // Bytes, then bits, of a sample.
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(data_bytes.to_le_bytes());
    // A square wave of 250 Hz needs no arithmetic to speak of.
    for sample in 0..samples {
        let high = (sample / 48).is_multiple_of(2);
        wav.extend(if high { 1_500i16 } else { -1_500 }.to_le_bytes());
    }
    wav
}
