//! How long a minute of narration takes: `cargo bench -p offline-speech`.
//!
//! Prints one line of JSON; times are of this process alone.

use offline_speech::{SpeechRequest, Voice};
use std::time::Instant;

const PARAGRAPH: &str = "An octopus has three hearts, and it needs every one of them. Two of the \
    hearts pump blood through the gills, where it takes in oxygen. The third heart sends that \
    blood around the rest of the body. ";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = PARAGRAPH.repeat(5);
    let started = Instant::now();
    let voice = Voice::load()?;
    let load_s = started.elapsed().as_secs_f64();
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let request = SpeechRequest {
        text: &text,
        speed: 1.0,
        seed: 1,
    };
    let speech = voice.speak(&request, &|| false, &mut |_, _| {})?;
    let (wall_s, cpu_s) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let audio_s = f64::from(speech.duration_ms()) / 1000.0;
    println!(
        r#"{{"bench":"speech","words":{},"audio_s":{audio_s:.1},"load_s":{load_s:.2},"wall_s":{wall_s:.2},"cpu_s":{cpu_s:.2},"times_realtime":{:.1}}}"#,
        speech.words.len(),
        audio_s / wall_s
    );
    Ok(())
}

/// User and system time of this process; 0 where `/proc` is missing.
fn cpu_seconds() -> f64 {
    /// Linux counts in hundredths on every machine it calls by this interface.
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS_PER_S
}
