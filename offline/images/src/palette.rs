//! The colours of a place at a time of day.

use crate::brief::{Brief, Light, Mood, Setting, Weather};
use crate::colour::Rgb;
use crate::rng::Rng;

#[derive(Clone, Debug)]
pub(crate) struct Palette {
    /// From the top of the frame down to the horizon.
    pub(crate) sky: [Rgb; 4],
    pub(crate) far: Rgb,
    pub(crate) near: Rgb,
    /// The ground at its far edge and at the bottom of the frame.
    pub(crate) ground: [Rgb; 2],
    /// Of sun, moon or lamp.
    pub(crate) light: Rgb,
    /// What white looks like here.
    pub(crate) ambient: Rgb,
}

/// The time of day a scene has: as told, else what suits the place.
pub(crate) fn light_of(brief: &Brief, rng: &mut Rng) -> Light {
    brief.light.unwrap_or(match brief.setting {
        Setting::Graveyard | Setting::Night | Setting::Space => Light::Night,
        Setting::City | Setting::Mountain | Setting::Temple => {
            *rng.pick(&[Light::Golden, Light::Golden, Light::Day])
        }
        _ if brief.mood == Mood::Tense => Light::Golden,
        _ if brief.mood == Mood::Mystery => Light::Night,
        _ => *rng.pick(&[Light::Day, Light::Day, Light::Golden]),
    })
}

pub(crate) fn palette_of(brief: &Brief, light: Light, rng: &mut Rng) -> Palette {
    let mut palette = match brief.setting {
        Setting::Space => space(rng),
        Setting::Underwater => underwater(light, rng),
        Setting::Interior => indoors(
            [0x2a1810, 0x5a3420, 0x7d4c2a, 0x8f5c34],
            [0x9a6a3c, 0x3a2010],
            0xffd890,
        ),
        Setting::Library => indoors(
            [0x1c1420, 0x40283a, 0x5e3a34, 0x7a4c38],
            [0x7a4a30, 0x2a1612],
            0xffcf86,
        ),
        Setting::Laboratory => indoors(
            [0x123a4c, 0x1f6276, 0x3a93a2, 0x6fc3c4],
            [0xcfe4e8, 0x4e7f90],
            0xd8fbff,
        ),
        _ => outdoors(brief.setting, light, rng),
    };
    if matches!(brief.weather, Weather::Rain | Weather::Fog) {
        let grey = Rgb::hex(0x8a94a8);
        palette.sky = palette.sky.map(|c| {
            c.mix(grey.times(c * 1.1 + Rgb([0.25; 3])), 0.55)
                .saturate(0.7)
        });
        palette.far = palette.far.mix(palette.sky[3], 0.4);
        palette.near = palette.near.saturate(0.75);
    }
    if brief.mood == Mood::Tense {
        palette.sky = palette.sky.map(|c| c * 0.82);
        palette.ground = palette.ground.map(|c| c * 0.85);
    }
    palette
}

fn hexes<const N: usize>(codes: [u32; N]) -> [Rgb; N] {
    codes.map(Rgb::hex)
}

fn outdoors(setting: Setting, light: Light, rng: &mut Rng) -> Palette {
    let skies: &[[u32; 4]] = match (light, setting) {
        (Light::Day, Setting::Desert) => &[[0x2f93cf, 0x7cc6e4, 0xc4e4e0, 0xfdeccb]],
        (Light::Day, Setting::Arctic) => &[[0x3f8fd0, 0x86c4ee, 0xc2e6fa, 0xf0fbff]],
        (Light::Day, _) => &[
            [0x2b7fd4, 0x62b4ec, 0xa8dcf8, 0xe8f6ff],
            [0x1f8fc8, 0x58c4e4, 0xa6e4ec, 0xf4fae8],
        ],
        (Light::Golden, Setting::City) => &[
            [0x1b1145, 0x5a2a8a, 0xc4488f, 0xff8fa0],
            [0x1a2a5e, 0x5c4a94, 0xd8708a, 0xffc48a],
        ],
        (Light::Golden, _) => &[
            [0x2b2a68, 0x8a3f86, 0xf0726a, 0xffd08a],
            [0x2f4a8a, 0x8a78b4, 0xf4a98c, 0xffe2a8],
            [0x35306e, 0xb0507e, 0xff9460, 0xffe09a],
        ],
        (Light::Night, Setting::Graveyard) => &[[0x0b0a2a, 0x2c1a66, 0x6a3a86, 0xa0569a]],
        (Light::Night, _) => &[
            [0x060a20, 0x12204e, 0x284480, 0x4a6cab],
            [0x0a0826, 0x221c58, 0x43387e, 0x7a5c9c],
        ],
    };
    let sky = hexes(*rng.pick(skies));
    let [far, near, top, bottom] = hexes(land(setting));
    let (tint, glow, ambient) = match light {
        Light::Day => (Rgb::WHITE, 0xfff3c8, 0xffffff),
        Light::Golden => (Rgb([0.96, 0.68, 0.66]), 0xffd9a0, 0xffdcc0),
        Light::Night => (Rgb([0.26, 0.34, 0.62]), 0xd4e2ff, 0xb4c4f2),
    };
    Palette {
        sky,
        far: far.times(tint).mix(sky[3], 0.3),
        near: near.times(tint),
        ground: [top.times(tint), bottom.times(tint)],
        light: Rgb::hex(glow),
        ambient: Rgb::hex(ambient),
    }
}

/// Far hills, near hills, ground at the horizon and at the bottom, by daylight.
fn land(setting: Setting) -> [u32; 4] {
    match setting {
        Setting::Desert => [0xe8c795, 0xcf8f4a, 0xf0c27c, 0xb8722f],
        Setting::Forest => [0x9cc9b4, 0x2c6a50, 0x78b85c, 0x2c6038],
        Setting::Mountain => [0x9db4d4, 0x475a80, 0x86a270, 0x3c5a48],
        Setting::Arctic => [0xc4e0f4, 0x7fb4de, 0xf4faff, 0xa4c8ea],
        Setting::Beach => [0x5cb4d8, 0x1c86b4, 0xf8e2b4, 0xd4a468],
        Setting::Graveyard => [0x9a86c8, 0x4a3f74, 0x7a7a96, 0x34304e],
        Setting::City => [0x9298cc, 0x35305e, 0x5c5a80, 0x262440],
        Setting::Temple => [0xdcc098, 0xa87e58, 0xe0c294, 0x8e6a46],
        Setting::Sky => [0xe4f2ff, 0xc4ddf6, 0xffffff, 0xb8d4f0],
        Setting::Night => [0x8fb0c8, 0x3a5e70, 0x6a9478, 0x2c4a46],
        _ => [0xa9d4c0, 0x4f9a5a, 0x9fd86a, 0x3f8f4a],
    }
}

fn space(rng: &mut Rng) -> Palette {
    let skies = [
        [0x080520, 0x150c46, 0x2a1466, 0x4a2084],
        [0x03101f, 0x0a2444, 0x123f66, 0x1f6a86],
        [0x12041c, 0x2e0a3c, 0x5c1450, 0x8a2a58],
    ];
    let grounds = [
        [0x7a68c0, 0x2a1f5c],
        [0xb06a5a, 0x4a1f34],
        [0x6a8ab0, 0x1c3052],
    ];
    Palette {
        sky: hexes(*rng.pick(&skies)),
        far: Rgb::hex(0x3a2c70),
        near: Rgb::hex(0x140b30),
        ground: hexes(*rng.pick(&grounds)),
        light: Rgb::hex(0xdcd2ff),
        ambient: Rgb::hex(0xe2daff),
    }
}

fn underwater(light: Light, rng: &mut Rng) -> Palette {
    let (sky, far, near, ground, ambient) = match light {
        Light::Night => (
            [0x0f5a86, 0x0a3668, 0x071d48, 0x050f2c],
            0x0f3c6a,
            0x050f2c,
            [0x23527c, 0x0a1834],
            0xa4c8f4,
        ),
        Light::Golden => (
            [0xbdf0d8, 0x3fb8b0, 0x127a92, 0x0a3e66],
            0x2a93a0,
            0x083a56,
            [0xd8c896, 0x2f5f66],
            0xd4fff0,
        ),
        Light::Day => *rng.pick(&[
            (
                [0x9af0f4, 0x2fb2dc, 0x0f6cb0, 0x08386e],
                0x2a8cc0,
                0x07305c,
                [0xd8cc98, 0x2c5c78],
                0xd0f6ff,
            ),
            (
                [0x7ce8e4, 0x22a4c4, 0x0c6298, 0x0a2e62],
                0x2286b0,
                0x082a56,
                [0xc8c4a4, 0x2a5472],
                0xc8f2ff,
            ),
        ]),
    };
    Palette {
        sky: hexes(sky),
        far: Rgb::hex(far),
        near: Rgb::hex(near),
        ground: hexes(ground),
        light: Rgb::hex(0xd8ffff),
        ambient: Rgb::hex(ambient),
    }
}

fn indoors(wall: [u32; 4], floor: [u32; 2], lamp: u32) -> Palette {
    let sky = hexes(wall);
    Palette {
        sky,
        far: sky[2],
        near: sky[0],
        ground: hexes(floor),
        light: Rgb::hex(lamp),
        ambient: Rgb::hex(lamp).mix(Rgb::WHITE, 0.6),
    }
}
