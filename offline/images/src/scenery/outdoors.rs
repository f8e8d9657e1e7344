//! Open country: layered ridges fading into the air, then the ground.

use std::fmt::Write as _;

use super::air::{beams, mist, sky as open_sky, speck};
use super::growth::{Branches, conifer, leafy};
use super::land::{Form, Relief, fill, ground, skyline, tufts, water};
use crate::brief::{Light, Mood, Weather};
use crate::colour::{Rgb, ramp, smooth};
use crate::grid::Canvas;
use crate::noise::{fbm, outline};
use crate::sprite::lay_svg;
use crate::stage::Stage;

/// What grows along the nearer ridges.
#[derive(Clone, Copy, PartialEq)]
enum Growth {
    Nothing,
    Conifers,
    Leafy,
}

struct Range {
    form: Form,
    /// Height of the farthest ridge and of the nearest, design pixels.
    tall: (f32, f32),
    cell: (f32, f32),
    growth: Growth,
    rough: f32,
}

pub(super) fn meadow(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let hills = Range {
        form: Form::Rolling,
        tall: (240.0, 120.0),
        cell: (420.0, 520.0),
        growth: Growth::Leafy,
        rough: 0.8,
    };
    ridges(stage, &mut canvas, &hills);
    let line = ground(stage, &mut canvas, 90.0, 1.0);
    tufts(stage, &mut canvas, &line, 0.42);
    flowers(stage, &mut canvas, &line);
    canvas
}

pub(super) fn forest(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let woods = Range {
        form: Form::Rolling,
        tall: (260.0, 120.0),
        cell: (420.0, 380.0),
        growth: Growth::Conifers,
        rough: 0.7,
    };
    ridges(stage, &mut canvas, &woods);
    tall_trunks(stage, &mut canvas);
    if stage.light != Light::Night {
        beams(stage, &mut canvas, 0.30);
    }
    let line = ground(stage, &mut canvas, 80.0, 1.1);
    tufts(stage, &mut canvas, &line, 0.46);
    canvas
}

pub(super) fn mountain(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let alps = Range {
        form: Form::Peaks,
        tall: (560.0, 200.0),
        cell: (460.0, 300.0),
        growth: Growth::Nothing,
        rough: 2.4,
    };
    ridges(stage, &mut canvas, &alps);
    let line = ground(stage, &mut canvas, 110.0, 1.6);
    tufts(stage, &mut canvas, &line, 0.3);
    canvas
}

pub(super) fn desert(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let dunes = Range {
        form: Form::Dunes,
        tall: (230.0, 190.0),
        cell: (520.0, 380.0),
        growth: Growth::Nothing,
        rough: 0.5,
    };
    ridges(stage, &mut canvas, &dunes);
    let line = ground(stage, &mut canvas, 70.0, 0.9);
    if !stage.flat {
        let (w, h) = (stage.frame.w, stage.frame.h);
        let cell = stage.frame.px(260.0);
        let bend = fbm(&mut stage.rng, w, h, cell, 3, 2.0);
        let (size, reach) = (stage.frame.px(9.0), stage.frame.px(500.0));
        canvas.paint(stage.horizon() as usize..h, |x, y, colour| {
            let below = y as f32 - line[x];
            if below > 0.0 {
                let phase =
                    (y as f32 + 320.0 * stage.frame.unit * bend.get(x, y) + x as f32 * 0.12) / size;
                *colour = *colour * (1.0 + phase.sin() * smooth(below / reach) * 0.045);
            }
        });
    }
    canvas
}

pub(super) fn night(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let hills = Range {
        form: Form::Peaks,
        tall: (380.0, 100.0),
        cell: (520.0, 420.0),
        growth: Growth::Conifers,
        rough: 0.8,
    };
    ridges(stage, &mut canvas, &hills);
    let top = stage.horizon() + stage.frame.px(40.0);
    let shore = stage.horizon() + stage.frame.px(150.0);
    water(stage, &mut canvas, top, shore);
    stage.shot.horizon += 0.055;
    let line = ground(stage, &mut canvas, 60.0, 0.9);
    stage.shot.horizon -= 0.055;
    tufts(stage, &mut canvas, &line, 0.4);
    canvas
}

pub(super) fn arctic(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    if stage.light == Light::Night {
        aurora(stage, &mut canvas);
    }
    let sea = stage.horizon() - stage.frame.px(20.0);
    let floes = Range {
        form: Form::Ice,
        tall: (330.0, 220.0),
        cell: (420.0, 330.0),
        growth: Growth::Nothing,
        rough: 1.8,
    };
    ridges(stage, &mut canvas, &floes);
    let shore = sea + stage.frame.px(190.0);
    water(stage, &mut canvas, sea + stage.frame.px(110.0), shore);
    stage.shot.horizon += 0.05;
    let line = ground(stage, &mut canvas, 50.0, 0.8);
    stage.shot.horizon -= 0.05;
    tufts(stage, &mut canvas, &line, 0.10);
    canvas
}

pub(super) fn beach(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let sea = stage.horizon() - stage.frame.px(40.0);
    let island = skyline(
        stage,
        Form::Rolling,
        sea + stage.frame.px(30.0),
        150.0,
        380.0,
    );
    let hill = stage.palette.far.mix(stage.palette.near, 0.35);
    let relief = Relief::new(stage, 120.0);
    fill(
        &mut canvas,
        &island,
        [hill.mix(stage.palette.sky[3], 0.3), hill],
        stage.frame.px(160.0),
        &relief,
        0.8,
    );
    let shore = stage.horizon() + stage.frame.px(240.0);
    water(stage, &mut canvas, sea, shore);
    sand_and_foam(stage, &mut canvas);
    canvas
}

pub(super) fn graveyard(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let woods = Range {
        form: Form::Rolling,
        tall: (220.0, 90.0),
        cell: (420.0, 380.0),
        growth: Growth::Conifers,
        rough: 0.6,
    };
    ridges(stage, &mut canvas, &woods);
    dead_trees(stage, &mut canvas);
    let line = ground(stage, &mut canvas, 90.0, 1.1);
    tufts(stage, &mut canvas, &line, 0.35);
    tombstones(stage, &mut canvas);
    let low = stage.horizon() + stage.frame.px(290.0);
    mist(stage, &mut canvas, low, stage.frame.px(150.0), 0.75);
    canvas
}

pub(super) fn sky(stage: &mut Stage<'_>) -> Canvas {
    let horizon = stage.shot.horizon;
    stage.shot.horizon = 0.78;
    let mut canvas = open_sky(stage);
    stage.shot.horizon = horizon;
    beams(stage, &mut canvas, 0.18);
    for (i, top) in [0.56_f32, 0.66, 0.77].into_iter().enumerate() {
        cloud_deck(stage, &mut canvas, top, i as f32 / 2.0);
    }
    canvas
}

fn ridges(stage: &mut Stage<'_>, canvas: &mut Canvas, range: &Range) {
    let layers = 4;
    let relief = Relief::new(stage, 130.0);
    let air = stage.palette.sky[3];
    for i in 0..layers {
        let t = i as f32 / (layers - 1) as f32;
        let hue = stage.palette.far.mix(stage.palette.near, t.powf(1.2));
        let colours = [
            hue.mix(air, 0.30 * (1.0 - t)),
            hue.mix(air, 0.62 * (1.0 - t) + 0.1),
        ];
        let base = stage.horizon() + stage.frame.px(-70.0 + 62.0 * i as f32);
        let tall = range.tall.0 + (range.tall.1 - range.tall.0) * t;
        let cell = range.cell.0 + (range.cell.1 - range.cell.0) * t;
        let line = skyline(stage, range.form, base, tall, cell);
        if i >= 1 {
            plant(stage, canvas, range.growth, &line, t, colours[0]);
        }
        fill(
            canvas,
            &line,
            colours,
            stage.frame.px(420.0),
            &relief,
            range.rough * (0.5 + 0.5 * t),
        );
        if matches!(range.form, Form::Peaks) && i < 2 {
            snow_caps(stage, canvas, &line);
        }
        if i + 1 < layers {
            let heavy = if stage.brief.weather == Weather::Fog {
                0.7
            } else {
                0.32
            };
            mist(
                stage,
                canvas,
                base + stage.frame.px(40.0),
                stage.frame.px(90.0),
                heavy * (1.0 - 0.4 * t),
            );
        }
    }
}

fn plant(
    stage: &mut Stage<'_>,
    canvas: &mut Canvas,
    growth: Growth,
    line: &[f32],
    t: f32,
    hue: Rgb,
) {
    let mut svg = String::new();
    let count = match growth {
        Growth::Nothing => return,
        Growth::Conifers => 30.0 - 18.0 * t,
        Growth::Leafy => 9.0 - 3.0 * t,
    } as usize;
    let centre = stage.shot.hero_x;
    for _ in 0..count {
        let share = stage.rng.unit();
        if t > 0.9 && (share - centre).abs() < 0.24 {
            continue;
        }
        let x = stage.frame.x(share);
        let foot = line[(x as usize).min(line.len() - 1)] + stage.frame.px(14.0);
        let grown = stage.rng.range(0.75, 1.3);
        match growth {
            Growth::Leafy => {
                let tall = stage.frame.px((90.0 + 130.0 * t) * grown);
                leafy(
                    &mut svg,
                    &mut stage.rng,
                    x,
                    foot,
                    tall,
                    hue.mix(stage.palette.near, 0.35),
                );
            }
            _ => {
                let tall = stage.frame.px((120.0 + 150.0 * t) * grown);
                let tone = (hue * 0.72).mix(stage.palette.near * 0.8, 0.35).css();
                conifer(&mut svg, &mut stage.rng, x, foot, tall, &tone);
            }
        }
    }
    lay_svg(canvas, &svg, 1.0, 0.0);
}

/// White above a wandering snow line.
fn snow_caps(stage: &mut Stage<'_>, canvas: &mut Canvas, line: &[f32]) {
    let w = stage.frame.w;
    let edge = outline(&mut stage.rng, w, stage.frame.unit * 60.0, 4, 0.6, true);
    let level = line.iter().copied().fold(f32::MAX, f32::min) + stage.frame.px(150.0);
    let jag = stage.frame.px(120.0);
    let white = Rgb::WHITE
        .times(stage.palette.ambient)
        .mix(stage.palette.sky[3], 0.25);
    let (top, bottom) = ((level - stage.frame.px(160.0)).max(0.0), level + jag);
    canvas.paint(top as usize..bottom as usize, |x, y, colour| {
        let below = y as f32 - line[x];
        if below > 0.0 {
            let over = (level - jag * (edge[x] - 0.4) - y as f32) / 14.0;
            let shade = 0.75 + colour.luma() * 0.35;
            *colour = colour.mix((white * shade).clamped(), over.clamp(0.0, 1.0) * 0.78);
        }
    });
}

/// Great trunks at both sides of the frame.
fn tall_trunks(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let tone = stage.palette.near.mix(Rgb::hex(0x2a1a14), 0.45) * 0.7;
    let leaf = stage.palette.near.mix(stage.palette.ground[0], 0.2);
    for side in [0.0_f32, 1.0] {
        let inward = if side > 0.5 { -1.0 } else { 1.0 };
        for i in 0..2 {
            let x = stage
                .frame
                .x(side + inward * (0.02 + 0.13 * i as f32 + stage.rng.range(-0.02, 0.03)));
            let half = stage
                .frame
                .px(stage.rng.range(34.0, 60.0) / (1.0 + 0.5 * i as f32));
            let foot = stage.horizon() + stage.frame.px(170.0 - 40.0 * i as f32);
            let shade = tone.mix(stage.palette.sky[3], 0.10 + 0.16 * i as f32);
            let _ = write!(
                svg,
                "<path fill=\"{}\" d=\"M{:.1} {foot:.1}Q{:.1} {:.1} {:.1} 0H{:.1}Q{:.1} {:.1} {:.1} {foot:.1}Z\"/><path fill=\"{}\" opacity=\".35\" d=\"M{:.1} {foot:.1}Q{:.1} {:.1} {:.1} 0H{:.1}Q{:.1} {:.1} {:.1} {foot:.1}Z\"/>",
                shade.css(),
                x - half * 1.5,
                x - half * 0.9,
                foot * 0.8,
                x - half * 0.75,
                x + half * 0.75,
                x + half * 0.9,
                foot * 0.8,
                x + half * 1.5,
                (shade * 1.5).clamped().css(),
                x + half * 0.2 * -inward,
                x + half * 0.15,
                foot * 0.8,
                x + half * 0.1,
                x + half * 0.6,
                x + half * 0.7,
                foot * 0.8,
                x + half,
            );
        }
    }
    for i in 0..64 {
        let share = stage.rng.unit();
        let drop = (share - 0.5).abs().powi(2) * 4.0;
        let y = stage.frame.px(-40.0) + stage.frame.y(0.17) * drop * stage.rng.unit();
        let radius = stage.frame.px(stage.rng.range(36.0, 92.0));
        let shade = leaf * (0.42 + 0.5 * i as f32 / 64.0);
        let _ = write!(
            svg,
            "<ellipse cx=\"{:.1}\" cy=\"{y:.1}\" rx=\"{radius:.1}\" ry=\"{:.1}\" fill=\"{}\"/>",
            stage.frame.x(share),
            radius * 0.62,
            shade.css()
        );
    }
    lay_svg(canvas, &svg, 1.0, stage.frame.px(1.5));
}

fn flowers(stage: &mut Stage<'_>, canvas: &mut Canvas, line: &[f32]) {
    let hues = [0xffffff, 0xffd84a, 0xff8ac0, 0xff6a5a, 0xb08aff];
    let mut svg = String::new();
    for _ in 0..70 {
        let x = stage.frame.x(stage.rng.unit());
        let depth = stage.rng.unit();
        let y = line[(x as usize).min(line.len() - 1)] + stage.frame.px(30.0 + 330.0 * depth);
        let size = stage.frame.px(2.5 + 7.0 * depth);
        let hue = Rgb::hex(*stage.rng.pick(&hues)).times(stage.palette.ambient);
        let dim = if stage.light == Light::Night {
            0.55
        } else {
            0.95
        };
        let _ = write!(
            svg,
            "<ellipse cx=\"{x:.1}\" cy=\"{y:.1}\" rx=\"{size:.1}\" ry=\"{:.1}\" fill=\"{}\"/>",
            size * 0.7,
            (hue * dim).css()
        );
    }
    lay_svg(canvas, &svg, 0.9, 0.0);
}

fn dead_trees(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let bark = (stage.palette.near * 0.45).css();
    for side in [0.06_f32, 0.94] {
        let foot = (stage.frame.x(side), stage.horizon() + stage.frame.px(150.0));
        let tall = stage.frame.px(stage.rng.range(420.0, 620.0));
        let tree = Branches {
            forks: 6,
            spread: 0.62,
            shorten: 0.78,
            thick: 0.085,
        };
        tree.draw(&mut svg, &mut stage.rng, foot, tall, &bark);
    }
    lay_svg(canvas, &svg, 1.0, 0.0);
}

fn tombstones(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::from(
        "<defs><linearGradient id=\"s\" x1=\"0\" x2=\"1\" y1=\"0\" y2=\"1\"><stop stop-color=\"#9a90b8\"/><stop offset=\"1\" stop-color=\"#2c2442\"/></linearGradient></defs>",
    );
    let mut stones: Vec<(f32, f32)> = (0..9)
        .map(|_| {
            let near = stage.rng.unit();
            let reach = 0.16 + 0.3 * stage.rng.unit();
            (0.5 + stage.rng.sign() * reach, near)
        })
        .collect();
    stones.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (share, near) in stones {
        let (x, foot) = (
            stage.frame.x(share),
            stage.horizon() + stage.frame.px(110.0 + 170.0 * near),
        );
        let half = stage.frame.px(38.0 + 52.0 * near);
        let tall = half * stage.rng.range(2.2, 3.0);
        let lean = stage.rng.range(-7.0, 7.0);
        let _ = write!(
            svg,
            "<g transform=\"rotate({lean:.1} {x:.1} {foot:.1})\"><path fill=\"url(#s)\" d=\"M{:.1} {foot:.1}V{:.1}A{half:.1} {half:.1} 0 0 1 {:.1} {:.1}V{foot:.1}Z\"/><path stroke=\"#d8d0f0\" stroke-opacity=\".35\" stroke-width=\"{:.1}\" fill=\"none\" d=\"M{x:.1} {:.1}v{:.1}M{:.1} {:.1}h{:.1}\"/></g>",
            x - half,
            foot - tall + half,
            x + half,
            foot - tall + half,
            half * 0.14,
            foot - tall * 0.8,
            tall * 0.34,
            x - half * 0.32,
            foot - tall * 0.69,
            half * 0.64,
        );
    }
    lay_svg(canvas, &svg, 1.0, 0.0);
}

fn sand_and_foam(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let edge = stage.horizon() + stage.frame.px(190.0);
    let line = skyline(stage, Form::Rolling, edge, 90.0, 700.0);
    let relief = Relief::new(stage, 90.0);
    fill(
        canvas,
        &line,
        stage.palette.ground,
        stage.frame.px(700.0),
        &relief,
        0.9,
    );
    let (w, h) = (stage.frame.w, stage.frame.h);
    let cell = stage.frame.px(40.0);
    let lace = fbm(&mut stage.rng, w, h, cell, 3, 2.4);
    let wide = stage.frame.px(34.0);
    let white = Rgb::WHITE.times(stage.palette.ambient);
    let wet = stage.palette.near;
    canvas.paint(
        (edge - stage.frame.px(140.0)).max(0.0) as usize..h,
        |x, y, colour| {
            let below = (y as f32 - line[x]) / wide;
            if below > 0.0 && below < 3.0 {
                *colour = colour.mix(wet, 0.22 * (1.0 - below / 3.0));
            }
            let froth = smooth(1.0 - below.abs()) * smooth((lace.get(x, y) - 0.30) * 4.0);
            *colour = colour.mix(white, froth * 0.85);
        },
    );
}

fn aurora(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let w = stage.frame.w;
    let path = outline(&mut stage.rng, w, stage.frame.unit * 420.0, 3, 0.5, false);
    let folds = outline(&mut stage.rng, w, stage.frame.unit * 46.0, 3, 0.6, false);
    let tall = stage.frame.y(0.26);
    let hues = [Rgb::hex(0x5affb0), Rgb::hex(0x3ad8e8), Rgb::hex(0xb46aff)];
    let rows = stage.horizon() as usize;
    canvas.paint(0..rows, |x, y, colour| {
        let foot = stage.frame.y(0.20) + path[x] * stage.frame.y(0.22);
        let up = (foot - y as f32) / tall;
        if up > -0.05 {
            let rise = smooth((up + 0.05) * 12.0) * (1.0 - smooth(up));
            let fold = 0.35 + 0.9 * smooth((folds[x] - 0.3) * 2.2);
            *colour = colour.screen(ramp(&hues, up), rise * fold * 0.62);
        }
    });
}

/// A floor of cloud whose billows catch the light on top.
fn cloud_deck(stage: &mut Stage<'_>, canvas: &mut Canvas, top: f32, near: f32) {
    let w = stage.frame.w;
    let unit = stage.frame.unit;
    let cell = unit * (170.0 + 160.0 * near);
    let mut line = vec![0.0_f32; w];
    let bumps = outline(&mut stage.rng, w, cell, 4, 0.5, false);
    let mut puffs: Vec<(f32, f32)> = Vec::new();
    let mut x = -cell;
    while x < w as f32 + cell {
        puffs.push((x, cell * stage.rng.range(0.32, 0.62)));
        x += cell * stage.rng.range(0.24, 0.5);
    }
    for (x, value) in line.iter_mut().enumerate() {
        let round = puffs.iter().fold(0.0_f32, |best, &(cx, r)| {
            let d = x as f32 - cx;
            best.max((r * r - d * d).max(0.0).sqrt())
        });
        *value = stage.frame.y(top) - round - bumps[x] * unit * 40.0;
    }
    let air = stage.palette.sky[3];
    let lit = stage.palette.ground[0]
        .mix(stage.palette.light, 0.35)
        .mix(air, 0.35 * (1.0 - near));
    let shade = stage.palette.ground[1].mix(stage.palette.sky[1], 0.35);
    let deep = if stage.brief.mood == Mood::Tense {
        0.7
    } else {
        1.0
    };
    let relief = Relief::new(stage, 190.0);
    fill(
        canvas,
        &line,
        [lit, shade * deep],
        stage.frame.px(330.0),
        &relief,
        1.2,
    );
    if stage.light == Light::Night {
        for _ in 0..6 {
            let at = (stage.rng.unit() * w as f32, stage.frame.y(top - 0.05));
            speck(canvas, at, unit * 3.0, Rgb::WHITE, 0.3);
        }
    }
}
