//! How long a minute of music takes: `cargo bench -p offline-music`.
//!
//! Prints one line of JSON for each mood. It runs on one core, so wall time is
//! processor time on a machine at rest.

use offline_music::{Mood, MusicRequest, play};
use std::time::Instant;

fn main() {
    for mood in Mood::ALL {
        let started = Instant::now();
        let music = play(&MusicRequest {
            mood,
            duration_ms: 60_000,
            seed: 1,
        });
        let wall_s = started.elapsed().as_secs_f64();
        let audio_s = music.left.len() as f64 / f64::from(music.sample_rate);
        println!(
            r#"{{"bench":"music","mood":"{mood}","audio_s":{audio_s:.1},"wall_s":{wall_s:.2}}}"#
        );
    }
}
