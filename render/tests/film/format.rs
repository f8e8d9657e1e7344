//! What a finished film is, seen from outside.

use crate::kit::{Kit, decibels, frames, probe, samples, sine, value};
use render::{Motion, Phase, Preset};

const GREY: [u8; 3] = [120, 120, 120];

#[test]
fn a_film_has_the_format_that_platforms_ask_for() {
    let kit = Kit::new();
    let pictures = ["a.png", "b.png"].map(|name| kit.picture(name, |x, y| [x as u8, y as u8, 90]));
    let mut plan = kit.plan(&pictures.map(|picture| (picture, 700)));
    (plan.width, plan.height, plan.preset) = (1080, 1920, Preset::Standard);
    let film = kit.render(&plan).unwrap();
    assert_eq!((film.frames, film.duration_ms), (42, 1400));

    let video = probe(&kit.out(), "v");
    for (key, wanted) in [
        ("codec_name", "h264"),
        ("profile", "High"),
        ("width", "1080"),
        ("height", "1920"),
        ("pix_fmt", "yuv420p"),
        ("color_range", "tv"),
        ("color_space", "bt709"),
        ("color_primaries", "bt709"),
        ("color_transfer", "bt709"),
        ("r_frame_rate", "30/1"),
        ("avg_frame_rate", "30/1"),
        ("nb_frames", "42"),
        ("start_time", "0.000000"),
    ] {
        assert_eq!(value(&video, key), wanted, "{key}");
    }
    let audio = probe(&kit.out(), "a");
    for (key, wanted) in [
        ("codec_name", "aac"),
        ("profile", "LC"),
        ("sample_rate", "48000"),
        ("channels", "2"),
        ("start_time", "0.000000"),
    ] {
        assert_eq!(value(&audio, key), wanted, "{key}");
    }
    let bytes = std::fs::read(kit.out()).unwrap();
    let position = |name: &[u8]| bytes.windows(4).position(|found| found == name).unwrap();
    assert!(
        position(b"moov") < position(b"mdat"),
        "the index comes first"
    );
    assert_eq!(film.bytes, bytes.len() as u64);
    assert!(film.bytes < 100_000_000);
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let made = || {
        let kit = Kit::new();
        let noisy = kit.picture("a.png", |x, y| [(x * y) as u8, (x ^ y) as u8, 90]);
        let mut plan = kit.plan(&[(noisy.clone(), 500), (noisy, 500)]);
        plan.words = crate::kit::words(&["same", "again"], 400);
        kit.render(&plan).unwrap();
        std::fs::read(kit.out()).unwrap()
    };
    assert!(made() == made());
}

#[test]
fn sound_starts_where_it_did_and_ends_with_the_picture() {
    let kit = Kit::new();
    let grey = kit.flat("a.png", GREY);
    let mut plan = kit.plan(&[(grey.clone(), 1_000), (grey.clone(), 1_000), (grey, 1_017)]);
    let heard = |t: f64| (1.5..2.5).contains(&t);
    plan.voice = kit.wav("late.wav", 3_000, |t| {
        if heard(t) { 0.5 * sine(997.0, t) } else { 0.0 }
    });
    let film = kit.render(&plan).unwrap();
    assert_eq!(film.frames, 91);

    let sound = samples(&kit.out());
    let onset = sound.iter().position(|sample| sample.abs() > 0.1).unwrap();
    let late_ms = (onset as f64 - 72_000.0) / 48.0;
    assert!(late_ms.abs() < 2.0, "speech is {late_ms} ms late");
    let seconds = |stream| -> f64 {
        value(&probe(&kit.out(), stream), "duration")
            .parse()
            .unwrap()
    };
    let apart = seconds("v") - seconds("a");
    assert!(apart.abs() < 1.0 / 30.0, "they end {apart} s apart");
}

#[test]
fn loudness_and_peaks_are_as_promised_and_music_lies_under_the_voice() {
    let kit = Kit::new();
    let grey = kit.flat("a.png", GREY);
    let mut plan = kit.plan(&[(grey, 6_000)]);
    let speaking = |t: f64| (0.5..2.0).contains(&t) || (4.0..5.5).contains(&t);
    plan.voice = kit.wav("speech.wav", 6_000, |t| {
        let pulse = if speaking(t) {
            0.05 + 0.9 * (t * 40.0).fract().powi(6)
        } else {
            0.0
        };
        pulse * sine(997.0, t)
    });
    plan.music = Some(kit.wav("music.wav", 1_700, |t| 0.8 * sine(997.0, t)));
    let film = kit.render(&plan).unwrap();
    assert!((film.integrated_lufs + 14.0).abs() < 1.0, "{film:?}");
    assert!(film.true_peak_dbtp < -1.0, "{film:?}");

    let sound = samples(&kit.out());
    let part = |from: f64, to: f64| decibels(&sound[(from * 48e3) as usize..(to * 48e3) as usize]);
    let under = part(0.7, 1.8) - part(2.8, 3.5);
    assert!(
        (under - 15.0).abs() < 1.5,
        "music is {under} dB under the voice"
    );
    assert!(part(0.0, 0.05) < part(2.8, 3.5) - 15.0, "it fades in");
    assert!(part(5.95, 6.0) < part(2.8, 3.5) - 15.0, "it fades out");
    let clipped = sound.iter().filter(|sample| sample.abs() >= 1.0).count();
    assert_eq!(clipped, 0);
}

#[test]
fn the_picture_moves_in_every_frame_and_changes_by_a_fade() {
    let kit = Kit::new();
    let weave = |x: u32, y: u32| ((x / 7 + y / 5) % 2 * 120) as u8;
    let red = kit.picture("red.png", |x, y| [200, weave(x, y), 0]);
    let blue = kit.picture("blue.png", |x, y| [0, weave(x, y), 200]);
    let mut plan = kit.plan(&[(red, 1_500), (blue, 1_500)]);
    plan.scenes[0].motion = Some(Motion::PanRight);
    plan.scenes[1].motion = Some(Motion::ZoomIn);
    plan.preset = Preset::Best;
    kit.render(&plan).unwrap();
    let frames = frames(&kit.out());
    assert_eq!(frames.len(), 90);
    for (index, pair) in frames.windows(2).enumerate() {
        let moved = pair[0]
            .iter()
            .zip(pair[1].iter())
            .filter(|(a, b)| a.abs_diff(**b) > 6)
            .count();
        assert!(moved > 500, "frame {index} stands still: {moved}");
    }
    let redness = |frame: usize| {
        let pixels = frames[frame].pixels();
        pixels
            .map(|pixel| i64::from(pixel.0[0]) - i64::from(pixel.0[2]))
            .sum::<i64>()
            / 129_600
    };
    assert!(
        redness(39) > 180 && redness(50) < -180,
        "{} {}",
        redness(39),
        redness(50)
    );
    for frame in 40..50 {
        assert!(redness(frame) >= redness(frame + 1), "frame {frame}");
    }
    assert!(redness(44) > 0 && redness(45) < 0);
}

#[test]
fn progress_counts_every_frame_and_tells_the_phases() {
    let kit = Kit::new();
    let plan = kit.plan(&[(kit.flat("a.png", GREY), 1_000)]);
    let mut seen = Vec::new();
    render::render(
        &plan,
        &kit.out(),
        kit.work.path(),
        &|| false,
        &mut |progress| {
            assert_eq!(progress.total_frames, 30);
            seen.push((progress.phase, progress.done_frames));
        },
    )
    .unwrap();
    let mut wanted = vec![(Phase::Sound, 0)];
    wanted.extend((0..=30).map(|done| (Phase::Frames, done)));
    wanted.push((Phase::Finishing, 30));
    assert_eq!(seen, wanted);
}

#[test]
fn a_still_shows_its_moment_in_its_colours() {
    let kit = Kit::new();
    let (orange, teal) = ([230, 120, 30], [20, 130, 140]);
    let plan = kit.plan(&[
        (kit.flat("a.png", orange), 1_000),
        (kit.flat("b.png", teal), 1_000),
    ]);
    kit.render(&plan).unwrap();
    for (at_ms, colour) in [(300, orange), (1_700, teal)] {
        for ending in ["jpg", "webp", "png"] {
            let out = kit.inputs.path().join(format!("still.{ending}"));
            render::still(&kit.out(), at_ms, &out).unwrap();
            let still = image::open(&out).unwrap().into_rgb8();
            let pixel = still.get_pixel(100, 100).0;
            let near = pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 8);
            assert!(near, "{ending}: {pixel:?} for {colour:?}");
        }
    }
    let late = render::still(&kit.out(), 60_000, &kit.inputs.path().join("late.jpg"));
    assert!(
        late.unwrap_err()
            .to_string()
            .contains("no frame at 60000 ms")
    );
    let odd = render::still(&kit.out(), 0, &kit.inputs.path().join("still.gif"));
    assert!(odd.unwrap_err().to_string().contains(".jpg"));
}
