//! What every picture must be, whatever is asked for.

use offline_images::{ArtStyle, ImageError, ImageRequest, Picture, compose};
use proptest::prelude::*;

const SETTINGS: [&str; 16] = [
    "space",
    "underwater ocean",
    "desert",
    "forest",
    "mountain",
    "night",
    "spooky graveyard",
    "interior room",
    "city",
    "meadow",
    "arctic ice",
    "beach",
    "laboratory",
    "library",
    "temple ruins",
    "sky",
];

fn draw(description: &str, style: ArtStyle, seed: u64) -> Picture {
    compose(&ImageRequest {
        description,
        style,
        seed,
        width: 144,
        height: 256,
    })
    .expect("any description composes")
}

fn luma(picture: &Picture) -> Vec<f32> {
    let weigh =
        |p: &[u8]| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
    picture.rgb.chunks_exact(3).map(weigh).collect()
}

fn mean_and_deviation(values: &[f32]) -> (f32, f32) {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32;
    (mean, square.sqrt())
}

/// Mean difference between neighbours, `0..=255`: how busy the rows are.
fn busyness(picture: &Picture, from: f32, to: f32) -> f32 {
    let (w, h) = (picture.width as usize, picture.height as f32);
    let rows = luma(picture);
    let rows = &rows[(h * from) as usize * w..(h * to) as usize * w];
    let steps = rows.windows(2).map(|pair| (pair[0] - pair[1]).abs());
    steps.sum::<f32>() / rows.len() as f32
}

/// Mean absolute difference of all channels, `0..=255`.
fn difference(a: &Picture, b: &Picture) -> f32 {
    let apart = a
        .rgb
        .iter()
        .zip(&b.rgb)
        .map(|(a, b)| f32::from(a.abs_diff(*b)));
    apart.sum::<f32>() / a.rgb.len() as f32
}

#[test]
fn the_same_request_gives_the_same_pixels() {
    for style in ArtStyle::ALL {
        let picture = draw("an octopus, underwater ocean", style, 5);
        assert_eq!(
            picture,
            draw("an octopus, underwater ocean", style, 5),
            "{style}"
        );
    }
}

#[test]
fn every_pair_of_styles_looks_different() {
    for description in ["an octopus, underwater ocean", "a castle, mountain, sunset"] {
        let all = ArtStyle::ALL.map(|style| draw(description, style, 3));
        for (i, a) in all.iter().enumerate() {
            for (j, b) in all.iter().enumerate().skip(i + 1) {
                let apart = difference(a, b);
                assert!(
                    apart > 8.0,
                    "{} and {}: {apart}",
                    ArtStyle::ALL[i],
                    ArtStyle::ALL[j]
                );
            }
        }
    }
}

#[test]
fn another_seed_or_description_gives_another_picture() {
    let style = ArtStyle::Pixar3d;
    let first = draw("an octopus, underwater ocean", style, 1);
    for seed in 2..6 {
        assert!(difference(&first, &draw("an octopus, underwater ocean", style, seed)) > 6.0);
    }
    for other in [
        "three hearts, underwater ocean",
        "a small octopus, dark water",
        "",
        "章魚",
    ] {
        assert!(difference(&first, &draw(other, style, 1)) > 6.0, "{other}");
    }
}

#[test]
fn every_setting_in_every_style_is_a_full_picture() {
    for setting in SETTINGS {
        for style in ArtStyle::ALL {
            let picture = draw(&format!("an owl, {setting}"), style, 9);
            let (mean, deviation) = mean_and_deviation(&luma(&picture));
            assert!(
                (12.0..240.0).contains(&mean),
                "{setting} in {style}: mean {mean}"
            );
            assert!(
                deviation > 14.0,
                "{setting} in {style}: deviation {deviation}"
            );
        }
    }
}

#[test]
fn every_pair_of_settings_looks_different() {
    let all = SETTINGS.map(|setting| draw(setting, ArtStyle::Pixar3d, 4));
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate().skip(i + 1) {
            let apart = difference(a, b);
            assert!(apart > 10.0, "{} and {}: {apart}", SETTINGS[i], SETTINGS[j]);
        }
    }
}

#[test]
fn the_caption_area_is_calmer_than_the_middle() {
    for setting in SETTINGS {
        let description = format!("an owl and a lantern, {setting}");
        let pictures = [1, 2, 3].map(|seed| draw(&description, ArtStyle::Pixar3d, seed));
        let middle: f32 = pictures.iter().map(|p| busyness(p, 0.30, 0.70)).sum();
        let low: f32 = pictures.iter().map(|p| busyness(p, 0.74, 0.99)).sum();
        assert!(
            low < middle,
            "{setting}: {low} below, {middle} in the middle"
        );
    }
}

#[test]
fn files_decode_to_the_picture() {
    let picture = draw("a rocket, space", ArtStyle::FlatVector, 2);
    let png = image::load_from_memory(&picture.to_png().expect("png")).expect("valid png");
    assert_eq!(png.to_rgb8().into_raw(), picture.rgb);
    let jpeg = image::load_from_memory(&picture.to_jpeg(92).expect("jpeg")).expect("valid jpeg");
    let back = Picture {
        rgb: jpeg.to_rgb8().into_raw(),
        ..picture.clone()
    };
    assert!(difference(&picture, &back) < 6.0);
}

#[test]
fn a_picture_whose_pixels_do_not_fill_it_is_refused() {
    let mut picture = draw("a rocket, space", ArtStyle::FlatVector, 2);
    picture.rgb.pop();
    assert!(matches!(picture.to_png(), Err(ImageError::Pixels { .. })));
    assert!(matches!(
        picture.to_jpeg(80),
        Err(ImageError::Pixels { .. })
    ));
}

#[test]
fn a_side_out_of_range_is_named() {
    for (width, height, side) in [(0, 384, "width"), (216, 100_000, "height")] {
        let refusal = compose(&ImageRequest {
            description: "a rocket",
            style: ArtStyle::Anime,
            seed: 1,
            width,
            height,
        })
        .expect_err("out of range");
        assert!(refusal.to_string().contains(side), "{refusal}");
    }
}

#[test]
fn wide_square_and_tiny_frames_compose() {
    for (width, height) in [(640, 360), (300, 300), (64, 64), (64, 400)] {
        for style in ArtStyle::ALL {
            let picture = compose(&ImageRequest {
                description: "three hearts, underwater ocean",
                style,
                seed: 1,
                width,
                height,
            });
            let bytes = picture.expect("in range").rgb.len();
            assert_eq!(bytes, (width * height * 3) as usize);
        }
    }
}

#[test]
fn slugs_read_back_and_strangers_are_told_the_choices() {
    for style in ArtStyle::ALL {
        assert_eq!(style.to_string().parse(), Ok(style));
    }
    let refusal = "cubist".parse::<ArtStyle>().expect_err("unknown");
    assert!(refusal.to_string().contains("oil-painting"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_text_composes(text in any::<String>(), style in 0..8_usize, seed: u64) {
        let picture = compose(&ImageRequest {
            description: &text,
            style: ArtStyle::ALL[style],
            seed,
            width: 72,
            height: 128,
        });
        prop_assert!(picture.is_ok());
    }
}
