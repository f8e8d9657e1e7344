//! Prints a script: `cargo run -p offline-script --example write -- "topic" niche 60 [seed] [words per second]`.

use offline_script::{ScriptRequest, niches, spoken_words, suggestions, write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [topic, niche, duration_s, rest @ ..] = args.as_slice() else {
        for niche in niches() {
            println!("{}: {}", niche.slug, niche.description);
            let ours = suggestions().filter(|suggestion| suggestion.niche == niche.slug);
            ours.for_each(|suggestion| println!("    {}", suggestion.title));
        }
        return Ok(());
    };
    let request = ScriptRequest {
        topic,
        niche,
        duration_s: duration_s.parse()?,
        seed: rest.first().map_or(Ok(1), |seed| seed.parse())?,
        words_per_second: rest.get(1).map_or(Ok(3.3), |pace| pace.parse())?,
    };
    let script = write(&request)?;
    println!("{} ({:?}, {:?})\n", script.title, script.mood, script.basis);
    for scene in &script.scenes {
        println!("{}\n    [{}]", scene.text, scene.visual);
    }
    println!("\n{}\n#{}", script.description, script.hashtags.join(" #"));
    println!("{:.0} spoken words", spoken_words(&script.narration()));
    Ok(())
}
