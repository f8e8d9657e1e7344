use crate::speech::SpokenAudio;

/// That a maker kept what [`SpokenAudio`] promises of `text`.
///
/// # Panics
/// When it did not.
pub fn assert_spoken(text: &str, spoken: &SpokenAudio) {
    let words: Vec<_> = spoken.words.iter().map(|word| &*word.text).collect();
    assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
    let times = spoken.words.iter().flat_map(|w| [w.start_ms, w.end_ms]);
    let times: Vec<_> = times.collect();
    assert!(times.is_sorted(), "{:?}", spoken.words);
    assert!(times.last() <= Some(&spoken.duration_ms), "{times:?}");
    let sound = hound::WavReader::new(&*spoken.wav).expect("it is a RIFF WAVE file");
    let spec = sound.spec();
    assert!((1..=2).contains(&spec.channels), "{spec:?}");
    let sound_ms = u64::from(sound.duration()) * 1_000 / u64::from(spec.sample_rate);
    let told_ms = u64::from(spoken.duration_ms);
    assert!(sound_ms.abs_diff(told_ms) <= 1, "{sound_ms} {told_ms}");
}
