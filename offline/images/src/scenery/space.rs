//! Nebula, stars, a great planet, and sometimes ground to stand on.

use super::air::{around, glow_at, gradient, stars};
use super::land::{Relief, fill};
use crate::colour::{Rgb, bell, ramp, smooth};
use crate::grid::Canvas;
use crate::noise::{fbm, outline};
use crate::stage::Stage;

const NEBULAE: [[u32; 2]; 4] = [
    [0xc04bd0, 0x38b8ff],
    [0xff6a8a, 0x6a5aff],
    [0x2ad8c0, 0x4a6aff],
    [0xff9a4a, 0xc03a9a],
];

pub(super) fn paint(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = gradient(stage, stage.frame.h as f32);
    nebula(stage, &mut canvas);
    stars(stage, &mut canvas, 900, stage.frame.h as f32);
    match stage.rng.below(3) {
        0 => surface(stage, &mut canvas),
        1 => limb(stage, &mut canvas),
        _ => giant(stage, &mut canvas),
    }
    canvas
}

fn nebula(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let (w, h) = (stage.frame.w, stage.frame.h);
    let octaves = if stage.flat { 2 } else { 6 };
    let cell = stage.frame.px(520.0);
    let warm = fbm(&mut stage.rng, w, h, cell, octaves, 1.0);
    let cool = fbm(&mut stage.rng, w, h, cell * 0.8, octaves, 1.0);
    let dust = fbm(&mut stage.rng, w, h, cell * 0.4, octaves.min(5), 1.0);
    let [first, second] = stage.rng.pick(&NEBULAE).map(Rgb::hex);
    let slope = stage.rng.sign() * stage.rng.range(0.35, 0.9);
    let unit = stage.frame.unit;
    let (cx, cy) = (w as f32 * 0.5, h as f32 * 0.36);
    canvas.paint(0..h, |x, y, colour| {
        let along = (x as f32 - cx) * slope + (y as f32 - cy);
        let band = bell((along / unit + (warm.get(x, y) - 0.5) * 900.0) / 300.0);
        let a = band * smooth(warm.get(x, y) * 2.2 - 0.5);
        let b = band * smooth(cool.get(x, y) * 2.4 - 0.75);
        let lit = colour.screen(first, a * 0.85).screen(second, b * 0.85);
        *colour = lit * (1.0 - 0.45 * smooth(dust.get(x, y) * 2.4 - 1.1));
    });
}

/// Cratered ground with a curved horizon.
fn surface(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let w = stage.frame.w;
    let base = stage.horizon() + stage.frame.px(150.0);
    let rough = outline(&mut stage.rng, w, stage.frame.unit * 420.0, 4, 0.45, false);
    let curve = |x: usize| {
        let off = x as f32 / w as f32 - 0.5;
        off * off * stage.frame.unit * 330.0
    };
    let line: Vec<f32> = (0..w)
        .map(|x| base + curve(x) - rough[x] * stage.frame.unit * 70.0)
        .collect();
    let relief = Relief::new(stage, 120.0);
    let depth = stage.frame.px(680.0);
    fill(canvas, &line, stage.palette.ground, depth, &relief, 1.4);
    for _ in 0..11 {
        let near = stage.rng.unit();
        let at = (
            stage.frame.x(stage.rng.unit()),
            base + stage.frame.px(90.0 + 560.0 * near),
        );
        crater(canvas, at, stage.frame.px(24.0 + 80.0 * near));
    }
}

fn crater(canvas: &mut Canvas, at: (f32, f32), radius: f32) {
    around(canvas, at, radius * 1.3, |dx, dy, colour| {
        let d = ((dx / radius).powi(2) + (dy / (radius * 0.36)).powi(2)).sqrt();
        let hollow = smooth((1.0 - d) * 5.0) * 0.34;
        let rim = smooth(1.0 - (d - 1.0).abs() * 7.0) * smooth(dy / radius * 2.0 + 0.5) * 0.3;
        *colour = (*colour * (1.0 - hollow)).screen(Rgb::hex(0xd0c4ff), rim);
    });
}

/// The lit edge of a world filling the bottom of the frame.
fn limb(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let radius = stage.frame.x(1.25);
    let top = stage.frame.y(0.66);
    let centre = (
        stage.frame.x(0.5 + stage.rng.range(-0.2, 0.2)),
        top + radius,
    );
    let glow = stage.palette.ground[0].mix(Rgb::hex(0x6ad0ff), 0.6);
    globe(stage, canvas, centre, radius, glow);
}

/// A banded planet in one corner, some with a ring.
fn giant(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let radius = stage.frame.x(stage.rng.range(0.20, 0.34));
    let side = if stage.shot.hero_x > 0.5 { 0.14 } else { 0.86 };
    let centre = (
        stage.frame.x(side),
        stage.frame.y(stage.rng.range(0.12, 0.20)),
    );
    let glow = stage.palette.light;
    globe(stage, canvas, centre, radius, glow);
}

fn globe(stage: &mut Stage<'_>, canvas: &mut Canvas, centre: (f32, f32), radius: f32, air: Rgb) {
    let bands = outline(&mut stage.rng, 512, 60.0, 4, 0.6, false);
    let cell = stage.frame.px(190.0);
    let swirl = fbm(&mut stage.rng, stage.frame.w, stage.frame.h, cell, 4, 2.6);
    let [lit, dark] = stage.palette.ground;
    let hues = [
        dark,
        lit.mix(Rgb::hex(0xffd0a0), 0.3),
        lit,
        lit.mix(Rgb::WHITE, 0.45),
    ];
    let toward = if centre.0 > stage.frame.x(0.5) {
        -0.55
    } else {
        0.55
    };
    let strength = if stage.flat { 0.0 } else { 0.45 };
    glow_at(canvas, centre, radius * 0.98, air, strength);
    let w = stage.frame.w;
    let h = stage.frame.h;
    around(canvas, centre, radius + 2.0, |dx, dy, colour| {
        let (u, v) = (dx / radius, dy / radius);
        let d2 = u * u + v * v;
        let cover = ((1.0 - d2.sqrt()) * radius).clamp(0.0, 1.0);
        if cover <= 0.0 {
            return;
        }
        let z = (1.0 - d2).max(0.0).sqrt();
        let (x, y) = ((centre.0 + dx) as usize, (centre.1 + dy) as usize);
        let drift = swirl.get(x.min(w - 1), y.min(h - 1)) - 0.5;
        let at = ((v * 0.5 + 0.5 + drift * 0.10 + u * 0.05) * 511.0).clamp(0.0, 511.0) as usize;
        let lambert = (u * toward - v * 0.62 + z * 0.55).clamp(0.0, 1.0);
        let body = ramp(&hues, bands[at]) * (0.10 + 0.95 * lambert);
        let rim = smooth(1.0 - z * 2.6) * lambert;
        *colour = colour.mix(body.clamped().screen(air, rim * 0.7), cover);
    });
}
