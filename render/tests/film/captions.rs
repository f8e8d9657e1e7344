//! What captions do on finished films.

use crate::kit::{HEIGHT, Kit, WIDTH, frames, words};
use image::RgbImage;
use render::CaptionStyle;

const GREY: [u8; 3] = [110, 110, 110];
const STYLES: [CaptionStyle; 4] = [
    CaptionStyle::BoldOutline,
    CaptionStyle::BoxedWord,
    CaptionStyle::KaraokeFill,
    CaptionStyle::Minimal,
];

/// Pixels that a caption has changed on a grey picture.
fn ink(frame: &RgbImage) -> Vec<(usize, usize)> {
    frame
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0.iter().any(|&value| value.abs_diff(GREY[0]) > 24))
        .map(|(x, y, _)| (x as usize, y as usize))
        .collect()
}

/// The middle column of what is yellow, if much is.
fn highlight(frame: &RgbImage) -> Option<usize> {
    let yellow: Vec<usize> = frame
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[0] > 180 && pixel.0[1] > 150 && pixel.0[2] < 110)
        .map(|(x, _, _)| x as usize)
        .collect();
    (yellow.len() > 30).then(|| yellow.iter().sum::<usize>() / yellow.len())
}

#[test]
fn a_word_is_highlighted_from_its_time_and_not_before() {
    let kit = Kit::new();
    let mut plan = kit.plan(&[(kit.flat("grey.png", GREY), 3_000)]);
    plan.words = words(&["left", "right"], 700);
    for word in &mut plan.words {
        word.start_ms += 500;
        word.end_ms += 500;
    }
    kit.render(&plan).unwrap();
    let middles: Vec<Option<usize>> = frames(&kit.out()).iter().map(highlight).collect();
    let half = WIDTH / 2;
    assert!(middles[..15].iter().all(Option::is_none), "{middles:?}");
    assert!(
        middles[15..36].iter().all(|x| x.is_some_and(|x| x < half)),
        "{middles:?}"
    );
    assert!(
        middles[36..57].iter().all(|x| x.is_some_and(|x| x > half)),
        "{middles:?}"
    );
    assert!(middles[69..].iter().all(Option::is_none), "{middles:?}");
}

#[test]
fn captions_stay_inside_the_safe_area_in_every_style() {
    let texts = [
        "Incomprehensibilities:",
        "Donaudampfschifffahrtsgesellschaft",
        "a",
        "wide",
        "WWWWWWWWWW",
    ];
    for style in STYLES {
        let kit = Kit::new();
        let mut plan = kit.plan(&[(kit.flat("grey.png", GREY), 2_000)]);
        plan.captions = style;
        plan.words = words(&texts, 400);
        kit.render(&plan).unwrap();
        for frame in frames(&kit.out()) {
            let ink = ink(&frame);
            assert!(!ink.is_empty());
            for (x, y) in ink {
                assert!(
                    x > WIDTH * 6 / 100 && x < WIDTH * 88 / 100,
                    "{style:?} reaches column {x}"
                );
                assert!(
                    y > HEIGHT / 10 && y < HEIGHT * 78 / 100,
                    "{style:?} reaches row {y}"
                );
            }
        }
    }
}

#[test]
fn styles_look_different_and_each_marks_the_current_word() {
    let mut firsts: Vec<RgbImage> = Vec::new();
    for style in STYLES {
        let kit = Kit::new();
        let mut plan = kit.plan(&[(kit.flat("grey.png", GREY), 1_000)]);
        plan.captions = style;
        plan.words = words(&["one", "two"], 500);
        kit.render(&plan).unwrap();
        let frames = frames(&kit.out());
        let differ = |a: &RgbImage, b: &RgbImage| {
            a.pixels()
                .zip(b.pixels())
                .filter(|(a, b)| a.0[1].abs_diff(b.0[1]) > 30)
                .count()
        };
        assert!(
            differ(&frames[14], &frames[15]) > 100,
            "{style:?} does not mark its word"
        );
        for first in &firsts {
            assert!(
                differ(first, &frames[7]) > 1_000,
                "{style:?} looks like another"
            );
        }
        firsts.push(frames[7].clone());
    }
}

#[test]
fn any_text_is_drawn_as_it_is() {
    let texts = [
        "\"it's\"", "100%", "a:b", "C:\\n", "[x],;", "{\\b1}", "%{pts}", "😀", "naïve",
    ];
    let kit = Kit::new();
    let mut plan = kit.plan(&[(kit.flat("grey.png", GREY), 3_600)]);
    // Each word is a phrase of its own.
    plan.words = words(&texts, 400);
    for word in &mut plan.words {
        word.end_ms -= 380;
    }
    kit.render(&plan).unwrap();
    let frames = frames(&kit.out());
    let mut shapes: Vec<Vec<(usize, usize)>> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let shape = ink(&frames[index * 12 + 6]);
        assert!(shape.len() > 150, "{text} has {} pixels", shape.len());
        assert!(!shapes.contains(&shape), "{text} looks like another word");
        shapes.push(shape);
    }
}

#[test]
fn arabic_han_and_emoji_leave_no_empty_boxes() {
    for (text, font) in [
        ("الأخطبوط لديه ثلاثة قلوب", "NotoSansArabic"),
        ("章鱼有三颗心脏、タコには心臓が三つ", "NotoSansCJK"),
        ("🐙 👨‍👩‍👧 🇫🇷 ❤️", "NotoColorEmoji"),
    ] {
        let installed = walk("/usr/share/fonts".as_ref(), font);
        if installed {
            assert_eq!(render::missing_glyphs(text), [], "{text}");
        } else {
            eprintln!("NOT CHECKED: {font} is not installed");
        }
    }
}

fn walk(folder: &std::path::Path, font: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        entry.file_name().to_string_lossy().starts_with(font) || walk(&entry.path(), font)
    })
}
