//! Below the surface: shafts of light, reefs fading into the blue, a rippled bed.

use std::fmt::Write as _;

use super::air::{around, beams, glow_at, gradient, speck};
use super::growth::{Branches, kelp};
use super::land::{Form, Relief, fill, skyline};
use crate::brief::Light;
use crate::colour::{Rgb, smooth};
use crate::grid::Canvas;
use crate::noise::fbm;
use crate::sprite::lay_svg;
use crate::stage::Stage;

const CORALS: [u32; 6] = [0xff6f91, 0xff9a5a, 0xb86ae8, 0xffc85a, 0x5ad8c8, 0xf05a7a];
const SHALLOW_STEPS: usize = 3;

pub(super) fn paint(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = gradient(stage, stage.frame.y(0.86));
    surface(stage, &mut canvas);
    shoal(stage, &mut canvas);
    for step in 0..SHALLOW_STEPS {
        reef(stage, &mut canvas, step);
    }
    bed(stage, &mut canvas);
    corner_reef(stage, &mut canvas);
    let strength = match stage.light {
        Light::Night => 0.16,
        _ if stage.brief.rays => 0.46,
        _ => 0.32,
    };
    if !stage.flat {
        beams(stage, &mut canvas, strength);
    }
    bubbles(stage, &mut canvas);
    canvas
}

/// Bright, rippling water just under the surface.
fn surface(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let centre = (stage.sun.0, -stage.frame.y(0.03));
    let strength = if stage.light == Light::Night {
        0.35
    } else {
        0.8
    };
    glow_at(
        canvas,
        centre,
        stage.frame.px(620.0),
        stage.palette.light,
        strength,
    );
    if stage.flat {
        return;
    }
    let rows = stage.frame.y(0.17) as usize;
    let cell = stage.frame.px(60.0);
    let ripples = fbm(&mut stage.rng, stage.frame.w, rows.max(2), cell, 3, 3.2);
    let light = stage.palette.light;
    canvas.paint(0..rows, |x, y, colour| {
        let fade = 1.0 - smooth(y as f32 / rows as f32);
        let crest = 1.0 - (ripples.get(x, y) - 0.5).abs() * 16.0;
        *colour = colour.screen(light, smooth(crest) * fade * 0.55 * strength);
    });
}

/// A distant school of fish, all heading one way.
fn shoal(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let tone = stage.palette.sky[2].mix(stage.palette.near, 0.45).css();
    let heading = stage.rng.sign();
    let (cx, cy) = (
        stage.frame.x(stage.rng.range(0.2, 0.8)),
        stage.frame.y(stage.rng.range(0.16, 0.34)),
    );
    for _ in 0..26 {
        let (dx, dy) = (stage.rng.range(-1.0, 1.0), stage.rng.range(-1.0, 1.0));
        let x = cx + dx * stage.frame.px(300.0);
        let y = cy + dy * (1.0 - dx.abs() * 0.6) * stage.frame.px(110.0);
        let long = stage.frame.px(stage.rng.range(15.0, 26.0));
        let (nose, tail) = (long * heading, -long * 0.7 * heading);
        let _ = write!(
            svg,
            "<path fill=\"{tone}\" d=\"M{:.1} {y:.1}Q{x:.1} {:.1} {:.1} {y:.1}Q{x:.1} {:.1} {:.1} {y:.1}ZM{:.1} {y:.1}l{:.1} {:.1}v{:.1}Z\"/>",
            x + nose,
            y - long * 0.55,
            x + tail,
            y + long * 0.55,
            x + nose,
            x + tail * 0.8,
            tail * 0.6,
            -long * 0.32,
            long * 0.64,
        );
    }
    lay_svg(canvas, &svg, 0.55, stage.frame.px(0.8));
}

/// One line of reef with its growth, `step` 0 the farthest.
fn reef(stage: &mut Stage<'_>, canvas: &mut Canvas, step: usize) {
    let near = (step + 1) as f32 / SHALLOW_STEPS as f32;
    let haze = stage.palette.sky[2];
    let top = haze.mix(stage.palette.near, 0.16 + 0.42 * near);
    let bottom = haze.mix(stage.palette.near, 0.05 + 0.45 * near);
    let base = stage.horizon() + stage.frame.px(-10.0 + 95.0 * step as f32);
    let line = skyline(stage, Form::Rolling, base, 210.0 - 30.0 * near, 300.0);
    let mut svg = String::new();
    let tone = top.css();
    for _ in 0..7 - 2 * step {
        let x = stage.frame.x(stage.rng.unit());
        let foot = line[(x as usize).min(line.len() - 1)] + stage.frame.px(12.0);
        let tall = stage
            .frame
            .px(stage.rng.range(120.0, 250.0) * (0.7 + 0.5 * near));
        if stage.rng.chance(0.5) {
            kelp(&mut svg, &mut stage.rng, x, foot, tall * 1.25, &tone);
        } else {
            let fan = Branches {
                forks: 4,
                spread: 0.62,
                shorten: 0.78,
                thick: 0.075,
            };
            fan.draw(&mut svg, &mut stage.rng, (x, foot), tall * 0.85, &tone);
        }
    }
    lay_svg(canvas, &svg, 0.9, 0.0);
    let relief = Relief::new(stage, 90.0);
    fill(
        canvas,
        &line,
        [top, bottom],
        stage.frame.px(420.0),
        &relief,
        0.9,
    );
}

/// Where the sand begins, clear of the captions.
fn bed_top(stage: &Stage<'_>) -> f32 {
    (stage.horizon() + stage.frame.px(250.0)).min(stage.frame.y(0.65))
}

/// Pale sand crossed by the net of light the waves throw.
fn bed(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let base = bed_top(stage);
    let line = skyline(stage, Form::Dunes, base, 60.0, 520.0);
    let relief = Relief::new(stage, 100.0);
    let [sand, deep] = stage.palette.ground;
    let top = sand.mix(stage.palette.sky[1], 0.28);
    fill(
        canvas,
        &line,
        [top, deep],
        stage.frame.px(430.0),
        &relief,
        1.3,
    );
    if stage.flat {
        return;
    }
    let cell = stage.frame.px(92.0);
    let (w, h) = (stage.frame.w, stage.frame.h);
    let net = fbm(&mut stage.rng, w, h, cell, 2, 2.0);
    let strength = if stage.light == Light::Night {
        0.12
    } else {
        0.34
    };
    let light = stage.palette.light;
    let reach = stage.frame.px(560.0);
    canvas.paint(base as usize..h, |x, y, colour| {
        let below = y as f32 - line[x];
        if below > 0.0 {
            let thread = smooth(1.0 - (net.get(x, y) - 0.5).abs() * 26.0);
            let fade = smooth(below / stage.frame.unit / 60.0) * (1.0 - smooth(below / reach));
            *colour = colour.screen(light, thread * fade * strength);
        }
    });
}

/// Colourful growth in the lower corners, framing the heroes.
fn corner_reef(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let air = stage.palette.sky[2];
    let dim = if stage.light == Light::Night {
        0.55
    } else {
        0.86
    };
    for side in [0.0, 1.0] {
        for i in 0..7 {
            let inward = stage.rng.range(0.0, 0.30) * if side > 0.5 { -1.0 } else { 1.0 };
            let x = stage.frame.x(side + inward * (0.4 + 0.1 * i as f32));
            let foot = bed_top(stage) + stage.frame.px(stage.rng.range(40.0, 110.0));
            let tall = stage
                .frame
                .px(stage.rng.range(200.0, 400.0) * (1.15 - inward.abs() * 2.0));
            let tone = Rgb::hex(*stage.rng.pick(&CORALS))
                .times(Rgb([dim; 3]))
                .mix(air, 0.20);
            coral(&mut svg, stage, x, foot, tall, tone);
        }
    }
    lay_svg(canvas, &svg, 1.0, stage.frame.px(1.2));
}

fn coral(svg: &mut String, stage: &mut Stage<'_>, x: f32, foot: f32, tall: f32, tone: Rgb) {
    let css = tone.css();
    match stage.rng.below(4) {
        0 => {
            let fan = Branches {
                forks: 5,
                spread: 0.5,
                shorten: 0.8,
                thick: 0.06,
            };
            fan.draw(svg, &mut stage.rng, (x, foot), tall, &css);
        }
        1 => {
            let stag = Branches {
                forks: 3,
                spread: 0.8,
                shorten: 0.74,
                thick: 0.14,
            };
            stag.draw(svg, &mut stage.rng, (x, foot), tall * 0.85, &css);
            stag.draw(
                svg,
                &mut stage.rng,
                (x, foot),
                tall * 0.6,
                &(tone * 1.12).clamped().css(),
            );
        }
        2 => {
            for i in 0..5 {
                let high = tall * stage.rng.range(0.3, 0.62);
                let (half, cx) = (tall * 0.07, x + (i as f32 - 2.0) * tall * 0.13);
                let _ = write!(
                    svg,
                    "<path fill=\"{css}\" d=\"M{:.1} {foot:.1}L{:.1} {:.1}h{:.1}L{:.1} {foot:.1}Z\"/><ellipse cx=\"{cx:.1}\" cy=\"{:.1}\" rx=\"{:.1}\" ry=\"{:.1}\" fill=\"{}\"/>",
                    cx - half * 0.7,
                    cx - half,
                    foot - high,
                    half * 2.0,
                    cx + half * 0.7,
                    foot - high,
                    half,
                    half * 0.45,
                    (tone * 0.6).css(),
                );
            }
        }
        _ => {
            let weed = tone.mix(Rgb::hex(0x2f9a6a), 0.75).css();
            for i in 0..3 {
                let shift = (i as f32 - 1.0) * tall * 0.16;
                let high = tall * stage.rng.range(0.9, 1.5);
                kelp(svg, &mut stage.rng, x + shift, foot, high, &weed);
            }
        }
    }
}

fn bubbles(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    for _ in 0..5 {
        let (x, foot) = (stage.frame.x(stage.rng.unit()), stage.frame.y(0.68));
        for _ in 0..9 {
            let up = stage.rng.unit();
            let wander = stage.frame.px(stage.rng.range(-38.0, 38.0));
            let radius = stage
                .frame
                .px(stage.rng.range(3.5, 9.0) + 9.0 * up * stage.rng.unit());
            bubble(canvas, (x + wander, foot * (1.0 - up * 0.95)), radius);
        }
    }
}

fn bubble(canvas: &mut Canvas, at: (f32, f32), radius: f32) {
    around(canvas, at, radius + 2.0, |dx, dy, colour| {
        let d = (dx * dx + dy * dy).sqrt() / radius;
        let rim = smooth(1.0 - (d - 0.86).abs() * 5.5) * 0.55;
        let body = if d < 1.0 { 0.10 } else { 0.0 };
        *colour = colour.screen(Rgb::hex(0xe8ffff), rim + body);
    });
    let shine = (at.0 - radius * 0.35, at.1 - radius * 0.38);
    speck(canvas, shine, radius * 0.34, Rgb::WHITE, 0.9);
}
