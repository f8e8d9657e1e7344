//! What every piece must be, and that moods can be told apart by ear.

use offline_music::{Mood, Music, MusicRequest, SAMPLE_RATE, play};
use proptest::prelude::*;

fn piece(mood: Mood, duration_ms: u64, seed: u64) -> Music {
    play(&MusicRequest {
        mood,
        duration_ms,
        seed,
    })
}

fn rms(samples: &[f32]) -> f32 {
    let energy: f64 = samples.iter().map(|s| f64::from(s * s)).sum();
    (energy / samples.len() as f64).sqrt() as f32
}

/// Fails unless `music` is clean: finite, unclipped, centred, free of clicks,
/// silent at its ends.
fn assert_clean(music: &Music, duration_ms: u64) {
    for channel in [&music.left, &music.right] {
        assert_eq!(
            channel.len() as u64,
            duration_ms * u64::from(SAMPLE_RATE) / 1000
        );
        assert!(channel.iter().all(|s| s.abs() < 0.9));
        let mean = channel.iter().sum::<f32>() / channel.len() as f32;
        assert!(mean.abs() < 1e-3, "off centre by {mean}");
        assert_eq!(click(channel), None);
        assert!(channel[0].abs() < 1e-3 && channel[channel.len() - 1].abs() < 1e-3);
        let end = rms(&channel[channel.len() - (channel.len() / 50).min(4_800)..]);
        let whole = rms(channel);
        assert!(end < whole * 0.1, "ends at {end} of {whole}");
    }
}

/// The first step between samples that stands alone: a note, however loud, rises
/// over many samples.
fn click(channel: &[f32]) -> Option<f32> {
    let steps: Vec<f32> = channel.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    steps
        .chunks(SAMPLE_RATE as usize / 50)
        .map(|steps| {
            let (at, most) = (0..)
                .zip(steps)
                .max_by(|(_, a), (_, b)| a.total_cmp(b))
                .expect("no chunk is empty");
            let apart = |other: usize| other.abs_diff(at) > 8;
            let others = (0..).zip(steps).filter(|(other, _)| apart(*other));
            let usual = others.fold(0.0f32, |usual, (_, step)| usual.max(*step));
            (*most, usual)
        })
        .find(|(most, usual)| *most > usual * 3.0 + 0.012)
        .map(|(most, _)| most)
}

#[test]
fn a_click_would_be_found() {
    let mut music = piece(Mood::Uplift, 5_000, 1);
    let step = 0.1;
    for sample in &mut music.left[100_000..] {
        *sample += step;
    }
    assert!(click(&music.left).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_length_is_kept_to_the_sample_and_clean(
        mood in prop::sample::select(Mood::ALL.to_vec()),
        duration_ms in 1_000u64..25_000,
        seed: u64,
    ) {
        assert_clean(&piece(mood, duration_ms, seed), duration_ms);
    }
}

#[test]
fn five_minutes_are_as_clean_as_one_second() {
    for duration_ms in [1_000, 300_000] {
        assert_clean(&piece(Mood::Mystery, duration_ms, 9), duration_ms);
    }
}

#[test]
fn a_piece_too_short_to_sound_is_still_of_its_length() {
    for duration_ms in [0, 1, 50] {
        let music = piece(Mood::Calm, duration_ms, 1);
        assert_eq!(music.left.len() as u64, duration_ms * 48);
        assert!(music.left.iter().all(|s| s.is_finite()));
    }
}

#[test]
fn loudness_is_steady_between_the_fades() {
    for mood in Mood::ALL {
        let music = piece(mood, 60_000, 4);
        let window = SAMPLE_RATE as usize * 4;
        let body = &music.left[window..music.left.len() - 2 * window];
        let levels: Vec<f32> = body.chunks_exact(window).map(rms).collect();
        let loudest = levels.iter().copied().fold(0.0, f32::max);
        let quietest = levels.iter().copied().fold(f32::MAX, f32::min);
        assert!(loudest < quietest * 2.0, "{mood}: {quietest}..{loudest}");
    }
}

#[test]
fn the_two_sides_differ_but_not_in_loudness() {
    for mood in Mood::ALL {
        let music = piece(mood, 30_000, 2);
        let difference: Vec<f32> = std::iter::zip(&music.left, &music.right)
            .map(|(l, r)| l - r)
            .collect();
        let (left, right) = (rms(&music.left), rms(&music.right));
        assert!(rms(&difference) > left * 0.1, "{mood} is mono");
        assert!(
            (left / right - 1.0).abs() < 0.25,
            "{mood} leans: {left} {right}"
        );
    }
}

#[test]
fn the_same_request_is_the_same_piece_and_another_seed_another() {
    for mood in Mood::ALL {
        assert!(piece(mood, 8_000, 1) == piece(mood, 8_000, 1));
        assert!(piece(mood, 8_000, 1) != piece(mood, 8_000, 2));
    }
}

/// How bright a piece is: the mean frequency of its power, in hertz.
fn brightness(music: &Music) -> f32 {
    let slopes: Vec<f32> = music.left.windows(2).map(|w| w[1] - w[0]).collect();
    rms(&slopes) / rms(&music.left) * SAMPLE_RATE as f32 / std::f32::consts::TAU
}

/// How lively a piece is: rises of its loudness by a fifth within 40 ms, a second.
fn onsets(music: &Music) -> f32 {
    let levels: Vec<f32> = music
        .left
        .chunks(SAMPLE_RATE as usize / 25)
        .map(rms)
        .collect();
    let rises = levels.windows(2).filter(|w| w[1] > w[0] * 1.2).count();
    rises as f32 * 25.0 / levels.len() as f32
}

#[test]
fn moods_differ_in_brightness_or_movement_whatever_the_seed() {
    let heard: Vec<(Mood, Vec<f32>, Vec<f32>)> = Mood::ALL
        .into_iter()
        .map(|mood| {
            let pieces: Vec<Music> = (0..6).map(|seed| piece(mood, 20_000, seed)).collect();
            let bright = pieces.iter().map(brightness).collect();
            (mood, bright, pieces.iter().map(onsets).collect())
        })
        .collect();
    println!("{heard:.1?}");
    let apart = |a: &[f32], b: &[f32]| {
        let range = |v: &[f32]| {
            v.iter()
                .fold((f32::MAX, 0.0f32), |(l, h), x| (l.min(*x), h.max(*x)))
        };
        let ((low_a, high_a), (low_b, high_b)) = (range(a), range(b));
        low_a > high_b * 1.05 || low_b > high_a * 1.05
    };
    for (at, (mood, bright, lively)) in heard.iter().enumerate() {
        for (other, other_bright, other_lively) in &heard[..at] {
            assert!(
                apart(bright, other_bright) || apart(lively, other_lively),
                "{mood} and {other} sound alike"
            );
        }
    }
}

#[test]
fn a_mood_is_read_by_its_name_and_an_unknown_one_is_answered_with_the_choices() {
    for mood in Mood::ALL {
        assert_eq!(mood.to_string().parse(), Ok(mood));
    }
    assert_eq!(
        "happy".parse::<Mood>().unwrap_err().to_string(),
        "music mood \"happy\" is unknown; choose calm, uplift, mystery or scary"
    );
}

#[test]
fn a_wav_file_holds_both_channels() {
    let music = piece(Mood::Calm, 1_000, 1);
    let wav = music.to_wav();
    let reader = hound::WavReader::new(wav.as_slice()).unwrap();
    assert_eq!(reader.spec().channels, 2);
    assert_eq!(reader.duration() as usize, music.left.len());
}
