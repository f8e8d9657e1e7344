//! What makes one stretch of country unlike another: trunks, stones, surf, aurora.

use std::fmt::Write as _;

use super::air::speck;
use super::growth::Branches;
use super::land::{Form, Relief, fill, skyline};
use crate::brief::{Light, Mood};
use crate::colour::{Rgb, ramp, smooth};
use crate::grid::Canvas;
use crate::noise::{fbm, outline};
use crate::sprite::lay_svg;
use crate::stage::Stage;

/// White above a wandering snow line.
pub(super) fn snow_caps(stage: &mut Stage<'_>, canvas: &mut Canvas, line: &[f32]) {
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
pub(super) fn tall_trunks(stage: &mut Stage<'_>, canvas: &mut Canvas) {
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

pub(super) fn flowers(stage: &mut Stage<'_>, canvas: &mut Canvas, line: &[f32]) {
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

pub(super) fn dead_trees(stage: &mut Stage<'_>, canvas: &mut Canvas) {
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

pub(super) fn tombstones(stage: &mut Stage<'_>, canvas: &mut Canvas) {
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

pub(super) fn sand_and_foam(stage: &mut Stage<'_>, canvas: &mut Canvas) {
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

pub(super) fn aurora(stage: &mut Stage<'_>, canvas: &mut Canvas) {
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
pub(super) fn cloud_deck(stage: &mut Stage<'_>, canvas: &mut Canvas, top: f32, near: f32) {
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
