//! What a made film is, seen from outside.

use serde_json::Value;

use crate::captions;
use crate::home::Home;
use crate::looks::{Film, Packet, distance, last_number};
use crate::server::Server;

const SECONDS: f64 = 30.0;
const FRAME_SECONDS: f64 = 1.0 / 30.0;
/// Scenes that only moved are closer together than this, others further apart.
const ANOTHER_PICTURE: f64 = 8.0;

/// One test, as the film takes most of its time.
#[tokio::test]
async fn a_made_film_is_what_platforms_take_and_people_like() {
    let home = Home::new();
    let topic = "Why octopuses have three hearts";
    let made = home
        .run(&[
            "make",
            topic,
            "--niche",
            "science",
            "--duration",
            "30",
            "--seed",
            "7",
            "--out",
            "octopus.mp4",
        ])
        .await
        .succeeded();
    home.assert_only(&["octopus.mp4"]);

    let film = Film::open(home.films().join("octopus.mp4"));
    has_the_format(&film);
    lasts_as_asked(&film);
    sounds_right(&film);
    is_never_black_nor_frozen(&film);

    let server = Server::start(&home).await;
    let fields = "title durationMs status film { bytes } scenes { startMs endMs }
        words { startMs endMs } stages { stage state attempts }";
    let video = server.video(fields).await;
    server.stop().await;
    is_as_recorded(&film, &video);
    scenes_differ(&film, &video);
    captions::follow_the_words(&film, video["words"].as_array().unwrap());
    is_summed_up(&made.stdout, &video, &home);
}

fn has_the_format(film: &Film) {
    let video = film.video();
    for (key, wanted) in [
        ("codec_name", "h264"),
        ("profile", "High"),
        ("pix_fmt", "yuv420p"),
        ("color_range", "tv"),
        ("color_space", "bt709"),
        ("color_primaries", "bt709"),
        ("color_transfer", "bt709"),
        ("r_frame_rate", "30/1"),
        ("avg_frame_rate", "30/1"),
    ] {
        assert_eq!(video[key], wanted, "{key}");
    }
    assert_eq!(
        (&video["width"], &video["height"]),
        (&1080.into(), &1920.into())
    );
    let audio = film.audio();
    for (key, wanted) in [
        ("codec_name", "aac"),
        ("profile", "LC"),
        ("sample_rate", "48000"),
        ("channel_layout", "stereo"),
    ] {
        assert_eq!(audio[key], wanted, "{key}");
    }
    let bytes = film.bytes();
    assert!(bytes.len() < 100_000_000);
    let place = |name: &[u8]| bytes.windows(4).position(|part| part == name).unwrap();
    assert!(place(b"moov") < place(b"mdat"), "the index comes first");
}

fn lasts_as_asked(film: &Film) {
    let [pictures, sound] = [film.video(), film.audio()].map(|stream| {
        let number = |key: &str| stream[key].as_str().unwrap().parse::<f64>().unwrap();
        number("start_time") + number("duration")
    });
    assert!((pictures - SECONDS).abs() <= SECONDS / 10.0, "{pictures} s");
    assert!(
        (pictures - sound).abs() <= FRAME_SECONDS,
        "{pictures} s, {sound} s"
    );

    let packets = film.packets();
    let lasts = packets[0].lasts;
    assert!(packets.iter().all(|packet| packet.lasts == lasts));
    let steady = |pair: &[Packet]| pair[1].at - pair[0].at == lasts;
    assert!(
        packets.windows(2).all(steady),
        "a frame comes late or early"
    );
}

fn sounds_right(film: &Film) {
    let measured = film.filtered("-af", "ebur128=peak=true");
    let (_, summary) = measured.rsplit_once("Summary:").unwrap();
    let loudness = last_number(summary, "I:");
    assert!((loudness + 14.0).abs() <= 1.0, "{loudness} LUFS");
    let peak = last_number(summary, "Peak:");
    assert!(peak < -1.0, "{peak} dBTP");
    let silences = film.filtered("-af", "silencedetect=noise=-50dB:duration=2");
    assert!(!silences.contains("silence_start"), "{silences}");
}

fn is_never_black_nor_frozen(film: &Film) {
    let filters = "blackdetect=d=0.02:pic_th=0.97,freezedetect=noise=-60dB:d=1";
    let found = film.filtered("-vf", filters);
    assert!(!found.contains("black_start"), "{found}");
    assert!(!found.contains("freeze_start"), "{found}");
}

fn is_as_recorded(film: &Film, video: &Value) {
    assert_eq!(video["status"], "READY");
    assert_eq!(video["film"]["bytes"], film.bytes().len());
    let recorded = video["durationMs"].as_f64().unwrap() / 1000.0;
    let shown = film.packets().len() as f64 * FRAME_SECONDS;
    assert!(
        (recorded - shown).abs() <= FRAME_SECONDS,
        "{recorded} s, {shown} s"
    );
    for stage in video["stages"].as_array().unwrap() {
        assert_eq!(stage["state"], "DONE");
        // Scenes are cut as speech completes, with no attempt of their own.
        assert!(stage["attempts"].as_u64().unwrap() <= 1, "{stage}");
    }
}

fn scenes_differ(film: &Film, video: &Value) {
    let scenes = video["scenes"].as_array().unwrap();
    assert!(scenes.len() >= 3, "{scenes:?}");
    let middle = |scene: &Value| {
        let second = |key: &str| scene[key].as_f64().unwrap() / 1000.0;
        (second("startMs") + second("endMs")) / 2.0
    };
    let stills: Vec<_> = scenes
        .iter()
        .map(|scene| film.still(middle(scene)))
        .collect();
    for (index, one) in stills.iter().enumerate() {
        for (other_index, other) in stills.iter().enumerate().skip(index + 1) {
            let apart = distance(one, other);
            assert!(
                apart > ANOTHER_PICTURE,
                "scenes {index} and {other_index} look alike: {apart}"
            );
        }
    }
}

/// The closing block: file, length, size, time by stage, cost, how to play it,
/// how to start the server.
fn is_summed_up(stdout: &str, video: &Value, home: &Home) {
    let line = |name: &str| {
        let found = stdout
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(name));
        found.unwrap_or_else(|| panic!("{name} in {stdout}")).trim()
    };
    let path = home.films().join("octopus.mp4").display().to_string();
    assert_eq!(line("film"), path);
    assert_eq!(line("title"), video["title"]);
    let seconds = video["durationMs"].as_f64().unwrap() / 1000.0;
    let megabytes = video["film"]["bytes"].as_f64().unwrap() / 1e6;
    let length = format!("{seconds:.1} s, 1080x1920, {megabytes:.1} MB");
    assert_eq!(line("length"), length);
    for stage in [
        "script",
        "speech",
        "segmentation",
        "images",
        "assembly",
        "upload",
    ] {
        assert!(line("made in").contains(&format!("{stage} ")), "{stdout}");
    }
    assert!(line("cost").starts_with("nothing"));
    assert!(line("play").ends_with(&path));
    assert_eq!(line("server"), "narrate up");
}
