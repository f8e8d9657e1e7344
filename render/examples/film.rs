//! Makes a film from a plan file: `cargo run -p render --example film -- plan.json film.mp4`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, plan, out] = arguments.as_slice() else {
        return Err("give a plan file and the film's name".into());
    };
    let plan: render::Plan = serde_json::from_str(&std::fs::read_to_string(plan)?)?;
    let work_dir = std::env::temp_dir();
    let film = render::render(&plan, Path::new(out), &work_dir, &|| false, &mut |_| {})?;
    println!("{film:?}");
    Ok(())
}
