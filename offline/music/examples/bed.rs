//! `cargo run -p offline-music --example bed -- calm 60 out.wav`

use offline_music::{Mood, MusicRequest, play};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mood, seconds, path] = arguments.as_slice() else {
        return Err("usage: bed calm|uplift|mystery|scary SECONDS OUT.wav".into());
    };
    let music = play(&MusicRequest {
        mood: mood.parse::<Mood>()?,
        duration_ms: seconds.parse::<u64>()? * 1000,
        seed: 1,
    });
    std::fs::write(path, music.to_wav())?;
    Ok(())
}
