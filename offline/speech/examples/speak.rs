//! `cargo run -p offline-speech --example speak -- "text" out.wav`

use offline_speech::{SpeechRequest, Voice};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(text), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: speak TEXT OUT.wav".into());
    };
    let request = SpeechRequest {
        text: &text,
        speed: 1.0,
        seed: 1,
    };
    let speech = Voice::load()?.speak(&request, &|| false, &mut |_, _| {})?;
    std::fs::write(path, speech.to_wav())?;
    for word in &speech.words {
        println!("{:6} {:6} {}", word.start_ms, word.end_ms, word.text);
    }
    Ok(())
}
