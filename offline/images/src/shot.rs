//! Camera and blocking: how near, from where, and who stands where.
//!
//! The lower 30 % of the frame belongs to the captions, so nothing large is
//! placed there.

use crate::brief::{Brief, Scale, Setting};
use crate::rng::Rng;

/// Nothing large reaches below this share of the height.
pub(crate) const CAPTION_TOP: f32 = 0.70;

/// What hangs in the air wherever it is.
const AIRBORNE: [&str; 38] = [
    "red-heart",
    "blue-heart",
    "broken-heart",
    "beating-heart",
    "anatomical-heart",
    "droplet",
    "drop-of-blood",
    "red-blood-cells",
    "atom",
    "dna",
    "brain",
    "neuron",
    "microbe",
    "eye",
    "black-hole",
    "galaxy",
    "mars",
    "ringed-planet",
    "globe-showing-americas",
    "full-moon",
    "crescent-moon",
    "sun",
    "star",
    "glowing-star",
    "shooting-star",
    "comet",
    "rocket",
    "satellite",
    "flying-saucer",
    "airplane",
    "hot-air-balloon",
    "balloon",
    "butterfly",
    "honeybee",
    "bat",
    "dove",
    "high-voltage",
    "collision",
];

/// One thing's place; positions are shares of the frame, sizes of its width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) x: f32,
    /// Of the lowest visible pixel.
    pub(crate) base: f32,
    /// Of the longer side.
    pub(crate) size: f32,
    /// Degrees, clockwise.
    pub(crate) tilt: f32,
    /// Design pixels out of focus.
    pub(crate) blur: f32,
    /// It casts no shadow on the ground.
    pub(crate) airborne: bool,
    /// `0` near, `1` far: how much of the air's colour it takes on.
    pub(crate) depth: f32,
}

#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) horizon: f32,
    pub(crate) hero_x: f32,
    /// The place has no ground to stand on: water, sky, space.
    pub(crate) adrift: bool,
    /// One for each hero, back to front.
    pub(crate) heroes: Vec<Mark>,
    /// Behind the heroes, then before them.
    pub(crate) back: Vec<Mark>,
    pub(crate) front: Vec<Mark>,
    /// In the air above, for props that fly.
    pub(crate) aloft: Vec<Mark>,
    /// Design pixels the backdrop is out of focus where a style wants it.
    pub(crate) focus: f32,
}

#[derive(Clone, Copy)]
enum Angle {
    Medium,
    Close,
    Wide,
    Low,
    Aside,
}

impl Shot {
    pub(crate) fn choose(brief: &Brief, rng: &mut Rng) -> Self {
        let angles: &[Angle] = match brief.scale {
            Scale::Giant => &[Angle::Close, Angle::Low, Angle::Close],
            Scale::Tiny => &[Angle::Wide, Angle::Aside],
            Scale::Usual => &[
                Angle::Medium,
                Angle::Medium,
                Angle::Close,
                Angle::Wide,
                Angle::Low,
                Angle::Aside,
            ],
        };
        let angle = *rng.pick(angles);
        let (size, horizon, focus): (f32, f32, f32) = match angle {
            Angle::Medium => (rng.range(0.62, 0.72), rng.range(0.48, 0.54), 4.0),
            Angle::Close => (rng.range(0.82, 0.94), rng.range(0.50, 0.56), 9.0),
            Angle::Wide => (rng.range(0.42, 0.50), rng.range(0.44, 0.50), 1.0),
            Angle::Low => (rng.range(0.74, 0.84), rng.range(0.57, 0.61), 5.0),
            Angle::Aside => (rng.range(0.54, 0.62), rng.range(0.47, 0.53), 3.0),
        };
        let hero_x = match angle {
            Angle::Aside => 0.5 + rng.sign() * 0.14,
            Angle::Wide => 0.5 + rng.range(-0.12, 0.12),
            _ => 0.5 + rng.range(-0.03, 0.03),
        };
        let adrift = matches!(
            brief.setting,
            Setting::Space | Setting::Underwater | Setting::Sky
        );
        let floating = adrift || brief.floating || flies(brief.hero.art.name);
        let stand = (horizon + 0.165).min(CAPTION_TOP - 0.02);
        let heroes = group(brief.hero.count, size, hero_x, stand, floating, rng);
        let reach = heroes.iter().fold(0.0_f32, |r, m| r.max(m.size));
        let (back, front, aloft) = bystanders(hero_x, stand, reach, adrift, rng);
        Self {
            horizon,
            hero_x,
            adrift,
            heroes,
            back,
            front,
            aloft,
            focus: if brief.setting == Setting::Space {
                focus * 0.2
            } else {
                focus
            },
        }
    }
}

/// Rows of at most three, so that each can be counted; far rows are smaller.
fn group(count: usize, size: f32, x: f32, stand: f32, floating: bool, rng: &mut Rng) -> Vec<Mark> {
    let rows: &[usize] = match count {
        0 | 1 => &[1],
        2 => &[2],
        3 => &[2, 1],
        4 => &[2, 2],
        5 => &[3, 2],
        6 => &[3, 3],
        7 => &[2, 3, 2],
        8 => &[3, 3, 2],
        _ => &[3, 3, 3],
    };
    let widest = rows.iter().fold(1, |a, &b| a.max(b));
    let each = match widest {
        1 => size,
        2 => (size * 0.56).clamp(0.32, 0.43),
        _ => 0.285,
    };
    let single = count <= 1;
    let bottom = match (floating, single) {
        (true, true) => 0.41 + size * 0.5 * 9.0 / 16.0 + rng.range(-0.02, 0.02),
        (true, false) => 0.63,
        (false, _) => stand,
    };
    let spacing = each * if floating { 0.66 } else { 0.56 };
    let mut marks = Vec::new();
    for (r, &n) in rows.iter().enumerate() {
        let back = (rows.len() - 1 - r) as f32;
        for i in 0..n {
            let offset = i as f32 - (n - 1) as f32 / 2.0;
            let centre = if single { x } else { 0.5 };
            let jitter = if single { 0.0 } else { 0.012 };
            marks.push(Mark {
                x: centre + offset * each * 1.12 + rng.range(-jitter, jitter),
                base: bottom - back * spacing * 9.0 / 16.0 * 1.6 + rng.range(-jitter, jitter),
                size: each * (1.0 - 0.06 * back),
                tilt: if floating { rng.range(-9.0, 9.0) } else { 0.0 },
                blur: 0.0,
                airborne: floating,
                depth: 0.06 * back,
            });
        }
    }
    marks
}

/// Places behind and before the heroes and in the air, clear of the middle.
fn bystanders(
    hero_x: f32,
    stand: f32,
    reach: f32,
    adrift: bool,
    rng: &mut Rng,
) -> (Vec<Mark>, Vec<Mark>, Vec<Mark>) {
    let first = if hero_x > 0.5 { -1.0 } else { 1.0 };
    let spread = (reach * 0.5 + 0.06).clamp(0.26, 0.40);
    let mut place = |side: f32, base: f32, size: f32, depth: f32, airborne: bool| Mark {
        x: (hero_x + side * (spread + rng.range(-0.02, 0.04))).clamp(0.11, 0.89),
        base: base + rng.range(-0.012, 0.012),
        size: size * rng.range(0.9, 1.12),
        tilt: if airborne {
            rng.range(-12.0, 12.0)
        } else {
            0.0
        },
        blur: depth * 7.0,
        airborne,
        depth,
    };
    let aloft = vec![
        place(first, 0.33, 0.23, 0.24, true),
        place(-first, 0.25, 0.21, 0.28, true),
        place(first * 0.2, 0.14, 0.18, 0.34, true),
    ];
    if adrift {
        let front = vec![
            place(-first, stand + 0.02, 0.27, 0.05, true),
            place(first, stand + 0.01, 0.24, 0.08, true),
        ];
        return (aloft, front, Vec::new());
    }
    let back = vec![
        place(first, stand - 0.065, 0.30, 0.26, false),
        place(-first, stand - 0.055, 0.27, 0.26, false),
    ];
    let front = vec![
        place(-first, stand + 0.035, 0.22, 0.0, false),
        place(first, stand + 0.04, 0.20, 0.0, false),
    ];
    (back, front, aloft)
}

/// Whether a drawing hangs in the air wherever it is.
pub(crate) fn flies(name: &str) -> bool {
    AIRBORNE.contains(&name)
}
