//! CPU seconds for one 1080 by 1920 picture in each style: `cargo bench -p offline-images`.

use std::fs;

use offline_images::{ArtStyle, ImageRequest, compose};

const SCENES: [&str; 4] = [
    "a giant octopus drifting over a coral reef, underwater ocean, small fish and bubbles",
    "three coins on a table, library, candle",
    "a robot in a city street, rain",
    "a deer in a forest, mushrooms, golden light",
];

/// User and system time of this process, as Linux counts it.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

fn main() {
    println!("{:<14} {:>8}", "style", "CPU s");
    for style in ArtStyle::ALL {
        let before = cpu_seconds();
        for (seed, description) in SCENES.into_iter().enumerate() {
            let request = ImageRequest {
                description,
                style,
                seed: seed as u64,
                width: 1080,
                height: 1920,
            };
            std::hint::black_box(compose(&request).expect("in range"));
        }
        match (before, cpu_seconds()) {
            (Some(from), Some(to)) => {
                println!("{style:<14} {:>8.2}", (to - from) / SCENES.len() as f64);
            }
            _ => println!("{style:<14} {:>8}", "n/a"),
        }
    }
}
