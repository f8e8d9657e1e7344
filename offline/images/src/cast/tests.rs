use super::*;
use crate::brief::Brief;
use crate::finish::costume;
use crate::rng::Rng;
use crate::scenery;
use crate::stage::Frame;
use crate::style::ArtStyle;

/// Separate shapes in the mask, found by flooding.
fn shapes(mask: &Plane) -> usize {
    let mut open: Vec<bool> = mask.v.iter().map(|&v| v > 0.5).collect();
    let mut count = 0;
    while let Some(start) = open.iter().position(|&cell| cell) {
        count += 1;
        let mut edge = vec![start];
        while let Some(i) = edge.pop() {
            if !std::mem::take(&mut open[i]) {
                continue;
            }
            let (x, y) = (i % mask.w, i / mask.w);
            for (nx, ny) in [
                (x.wrapping_sub(1), y),
                (x + 1, y),
                (x, y.wrapping_sub(1)),
                (x, y + 1),
            ] {
                if nx < mask.w && ny < mask.h {
                    edge.push(ny * mask.w + nx);
                }
            }
        }
    }
    count
}

#[test]
fn as_many_heroes_are_seen_as_were_asked_for() {
    for (count, words) in [
        "one heart",
        "two hearts",
        "three hearts",
        "four hearts",
        "five hearts",
    ]
    .into_iter()
    .enumerate()
    {
        for seed in 0..6 {
            let rng = Rng::new(seed, words);
            let brief = Brief::read(
                &format!("{words}, underwater ocean"),
                &mut rng.fork("brief"),
            );
            let mut stage = Stage::set(
                &brief,
                Frame::new(180, 320),
                costume(ArtStyle::Pixar3d),
                &rng,
            );
            let backdrop = scenery::paint(&mut stage);
            let scene = enter(&mut stage, backdrop, costume(ArtStyle::Pixar3d));
            assert_eq!(shapes(&scene.mask), count + 1, "{words}, seed {seed}");
        }
    }
}

#[test]
fn heroes_keep_out_of_the_caption_area() {
    for seed in 0..12 {
        for description in [
            "a giant octopus",
            "three hearts",
            "a camel",
            "nine coins",
            "a fox",
        ] {
            let rng = Rng::new(seed, description);
            let brief = Brief::read(description, &mut rng.fork("brief"));
            let mut stage = Stage::set(&brief, Frame::new(90, 160), costume(ArtStyle::Anime), &rng);
            let blank = stage.blank();
            let scene = enter(&mut stage, blank, costume(ArtStyle::Anime));
            let low = &scene.mask.v[90 * 120..];
            let covered = low.iter().filter(|&&v| v > 0.5).count();
            assert_eq!(covered, 0, "{description}, seed {seed}");
        }
    }
}
