//! Sky, sun, moon, stars, clouds, beams, mist and everything that drifts.

use crate::brief::{Light, Setting, Weather};
use crate::colour::{Rgb, bell, ramp, smooth, step};
use crate::grid::Canvas;
use crate::noise::{fbm, outline};
use crate::stage::Stage;

/// The whole sky: gradient, sun or moon, stars, clouds.
pub(super) fn sky(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = gradient(stage, stage.horizon());
    match stage.light {
        Light::Night => {
            stars(stage, &mut canvas, 420, stage.horizon());
            moon(stage, &mut canvas);
        }
        Light::Day | Light::Golden => sun(stage, &mut canvas),
    }
    let cloudy = match stage.brief.setting {
        Setting::Desert => 0.35,
        _ => 0.9,
    };
    clouds(stage, &mut canvas, -0.12, stage.shot.horizon + 0.02, cloudy);
    if stage.brief.rays || (stage.light == Light::Day && stage.rng.chance(0.4)) {
        beams(stage, &mut canvas, 0.22);
    }
    canvas
}

/// Vertical colours down to `bottom`; the flat look gets rings round the light.
pub(super) fn gradient(stage: &Stage<'_>, bottom: f32) -> Canvas {
    let mut canvas = stage.blank();
    let sky = stage.palette.sky;
    let (sun_x, sun_y) = stage.sun;
    let reach = stage.frame.px(1500.0);
    let flat = stage.flat;
    canvas.paint(0..stage.frame.h, |x, y, colour| {
        let t = y as f32 / bottom;
        *colour = if flat {
            let far = ((x as f32 - sun_x).powi(2) + (y as f32 - sun_y).powi(2)).sqrt() / reach;
            let ring = ((far * 6.0) as u32) as f32 / 6.0;
            ramp(&sky, (t * 0.55 + 0.35 - 0.35 * ring).clamp(0.0, 1.0))
        } else {
            ramp(&sky, t)
        };
    });
    canvas
}

fn sun(stage: &Stage<'_>, canvas: &mut Canvas) {
    let radius = stage.frame.px(if stage.light == Light::Golden {
        118.0
    } else {
        88.0
    });
    let pale = stage.palette.light.mix(Rgb::WHITE, 0.6);
    if !stage.flat {
        glow_at(
            canvas,
            stage.sun,
            stage.frame.px(760.0),
            stage.palette.light,
            0.5,
        );
        glow_at(
            canvas,
            stage.sun,
            stage.frame.px(240.0),
            stage.palette.light,
            0.5,
        );
    }
    disc(canvas, stage.sun, radius, pale);
}

fn moon(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let radius = stage.frame.px(stage.rng.range(96.0, 128.0));
    let (cx, cy) = stage.sun;
    if !stage.flat {
        glow_at(
            canvas,
            stage.sun,
            stage.frame.px(430.0),
            stage.palette.light,
            0.5,
        );
    }
    disc(canvas, stage.sun, radius, Rgb::hex(0xf4f0dc));
    let craters: Vec<(f32, f32, f32)> = (0..9)
        .map(|_| {
            let (dx, dy) = (stage.rng.range(-0.7, 0.7), stage.rng.range(-0.7, 0.7));
            (dx, dy, stage.rng.range(0.08, 0.24))
        })
        .collect();
    around(canvas, (cx, cy), radius, |dx, dy, colour| {
        let (u, v) = (dx / radius, dy / radius);
        if u * u + v * v > 0.94 {
            return;
        }
        for &(x, y, r) in &craters {
            let inside = 1.0 - ((u - x).powi(2) + (v - y).powi(2)).sqrt() / r;
            *colour = *colour * (1.0 - 0.10 * smooth(inside * 4.0));
        }
    });
}

/// Small lights of many sizes, more of them high up.
pub(super) fn stars(stage: &mut Stage<'_>, canvas: &mut Canvas, count: usize, bottom: f32) {
    let w = stage.frame.w as f32;
    for _ in 0..count {
        let rng = &mut stage.rng;
        let at = (rng.unit() * w, rng.unit() * rng.unit().sqrt() * bottom);
        let bright = rng.unit().powi(5);
        let size = (1.1 + 3.4 * bright) * stage.frame.unit.max(0.35);
        let tint = Rgb::hex(*rng.pick(&[0xffffff, 0xdfe8ff, 0xfff0d8]));
        speck(canvas, at, size * 1.6, tint, 0.35 + 0.65 * bright);
        if bright > 0.55 {
            glow_at(canvas, at, size * 7.0, tint, 0.35);
        }
    }
}

/// Banks of cloud between two heights (shares of the frame), lit from above.
pub(super) fn clouds(stage: &mut Stage<'_>, canvas: &mut Canvas, top: f32, bottom: f32, much: f32) {
    let (w, h) = (stage.frame.w, stage.frame.h);
    let rows = (h as f32 * bottom) as usize;
    if rows == 0 {
        return;
    }
    let cell = stage.frame.px(stage.rng.range(260.0, 380.0));
    let octaves = if stage.flat { 2 } else { 6 };
    let density = fbm(&mut stage.rng, w, rows, cell, octaves, 2.1);
    let lift = stage.frame.px(16.0) as i32;
    let light = match stage.light {
        Light::Day => Rgb::WHITE,
        Light::Golden => stage.palette.light.mix(stage.palette.sky[2], 0.35),
        Light::Night => stage.palette.sky[3].mix(Rgb::WHITE, 0.25),
    };
    let dark = light.mix(stage.palette.sky[1], 0.45);
    let much = much
        * if stage.light == Light::Night {
            0.55
        } else {
            1.0
        };
    let (first, last) = (top * h as f32, bottom * h as f32);
    let hard = if stage.flat { 0.015 } else { 0.16 };
    let overcast = if stage.brief.weather == Weather::Clear {
        0.53
    } else {
        0.44
    };
    canvas.paint(0..rows, |x, y, colour| {
        let n = density.get(x, y);
        let fade = smooth((y as f32 - first) / (h as f32 * 0.08))
            * smooth((last - y as f32) / (h as f32 * 0.14));
        let thick = step(overcast, overcast + hard, n) * fade * much;
        if thick > 0.0 {
            let above = density.near(x as i32, y as i32 - lift);
            let lit = if hard < 0.1 {
                0.8
            } else {
                ((n - above) * 3.4 + 0.6).clamp(0.0, 1.0)
            };
            *colour = colour.mix(dark.mix(light, lit), thick);
        }
    });
}

/// Beams fanning down from the light.
pub(super) fn beams(stage: &mut Stage<'_>, canvas: &mut Canvas, strength: f32) {
    let (sx, sy) = (stage.sun.0, -stage.frame.y(0.22).max(1.0));
    let spokes = outline(&mut stage.rng, 512, 46.0, 3, 0.6, false);
    let reach = stage.frame.y(0.74);
    let light = stage.palette.light;
    let rows = reach as usize;
    canvas.paint(0..rows, |x, y, colour| {
        let down = y as f32 - sy;
        let slope = (x as f32 - sx) / down;
        let at = ((slope * 0.32 + 0.5) * 511.0).clamp(0.0, 510.0);
        let i = at as usize;
        let spoke = spokes[i] + (spokes[i + 1] - spokes[i]) * (at - i as f32);
        let fade = 1.0 - smooth(y as f32 / reach);
        *colour = colour.screen(light, step(0.46, 0.72, spoke) * fade * strength);
    });
}

/// A soft horizontal band of air at `y`.
pub(super) fn mist(stage: &mut Stage<'_>, canvas: &mut Canvas, y: f32, thick: f32, strength: f32) {
    if stage.flat {
        return;
    }
    let (w, h) = (stage.frame.w, stage.frame.h);
    let cell = stage.frame.px(280.0);
    let drift = fbm(&mut stage.rng, w, h.div_ceil(4), cell / 4.0, 4, 12.0);
    let tone = stage.palette.sky[3].mix(stage.palette.light, 0.25);
    let (first, last) = ((y - thick * 3.0).max(0.0), y + thick * 3.0);
    canvas.paint(first as usize..last as usize, |x, row, colour| {
        let d = (row as f32 - y) / thick;
        let band = bell(d * 1.4) * step(3.0, 2.0, d.abs());
        let much = band * strength * (0.5 + drift.get(x, row / 4));
        *colour = colour.mix(tone, much.min(0.9));
    });
}

/// What drifts in the air or water in front of everything.
pub(crate) fn particles(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let light = stage.palette.light;
    let (w, h) = (stage.frame.w as f32, stage.frame.y(0.78));
    match stage.brief.weather {
        Weather::Rain => return streaks(stage, canvas),
        Weather::Snow => return flakes(stage, canvas, 260),
        Weather::Fog | Weather::Clear => {}
    }
    let (count, tint, size) = match (stage.brief.setting, stage.light) {
        (Setting::Underwater, _) => (70, Rgb::hex(0xd8ffff), 3.2),
        (Setting::Arctic, _) => return flakes(stage, canvas, 90),
        (Setting::Space | Setting::City, _) => return,
        (Setting::Forest | Setting::Night | Setting::Meadow, Light::Night) => {
            (34, Rgb::hex(0xf4ff9a), 6.0)
        }
        _ => (46, light, 3.6),
    };
    for _ in 0..count {
        let at = (stage.rng.unit() * w, stage.rng.unit() * h);
        let size = stage.frame.px(size * stage.rng.range(0.5, 1.7));
        let bright = stage.rng.range(0.12, 0.65);
        speck(canvas, at, size * 2.2, tint, bright);
    }
}

fn flakes(stage: &mut Stage<'_>, canvas: &mut Canvas, count: usize) {
    for _ in 0..count {
        let at = (
            stage.rng.unit() * stage.frame.w as f32,
            stage.rng.unit() * stage.frame.h as f32,
        );
        let near = stage.rng.unit().powi(3);
        let size = stage.frame.px(4.0 + 13.0 * near);
        speck(canvas, at, size, Rgb::WHITE, 0.85 - 0.45 * near);
    }
}

fn streaks(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let lean = 0.12;
    for _ in 0..320 {
        let (x, y) = (
            stage.rng.unit() * stage.frame.w as f32,
            stage.rng.unit() * stage.frame.h as f32,
        );
        let length = stage.frame.px(stage.rng.range(40.0, 110.0));
        let strength = stage.rng.range(0.08, 0.30);
        let mut along = 0.0;
        while along < length {
            let (px, py) = ((x - along * lean) as i32, (y + along) as i32);
            if px >= 0 && py >= 0 && (px as usize) < canvas.w && (py as usize) < canvas.h {
                let i = py as usize * canvas.w + px as usize;
                canvas.v[i] = canvas.v[i].screen(Rgb::hex(0xd8e8ff), strength);
            }
            along += 1.0;
        }
    }
}

/// A wide soft light.
pub(crate) fn glow_at(canvas: &mut Canvas, at: (f32, f32), radius: f32, light: Rgb, strength: f32) {
    let reach = radius * 2.6;
    around(canvas, at, reach, |dx, dy, colour| {
        let d2 = (dx * dx + dy * dy) / (radius * radius);
        let edge = 1.0 - d2 / 6.76;
        if edge > 0.0 {
            let falloff = 1.0 / (1.0 + d2);
            *colour = colour.screen(light, strength * falloff * falloff * smooth(edge * 1.6));
        }
    });
}

/// A small soft dot that ends at `radius`.
pub(super) fn speck(canvas: &mut Canvas, at: (f32, f32), radius: f32, light: Rgb, strength: f32) {
    let radius = radius.max(0.8);
    around(canvas, at, radius, |dx, dy, colour| {
        let inside = 1.0 - (dx * dx + dy * dy) / (radius * radius);
        if inside > 0.0 {
            *colour = colour.screen(light, strength * inside * inside);
        }
    });
}

pub(super) fn disc(canvas: &mut Canvas, at: (f32, f32), radius: f32, fill: Rgb) {
    around(canvas, at, radius + 1.0, |dx, dy, colour| {
        let inside = (radius - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0);
        *colour = colour.mix(fill, inside);
    });
}

/// Visits the square of side `2 * reach` around a point, with offsets from it.
pub(super) fn around(
    canvas: &mut Canvas,
    (cx, cy): (f32, f32),
    reach: f32,
    mut f: impl FnMut(f32, f32, &mut Rgb),
) {
    let bound = |v: f32, most: usize| v.clamp(0.0, most as f32) as usize;
    let (x0, x1) = (
        bound(cx - reach, canvas.w),
        bound(cx + reach + 1.0, canvas.w),
    );
    let (y0, y1) = (
        bound(cy - reach, canvas.h),
        bound(cy + reach + 1.0, canvas.h),
    );
    for y in y0..y1 {
        for x in x0..x1 {
            f(
                x as f32 - cx,
                y as f32 - cy,
                &mut canvas.v[y * canvas.w + x],
            );
        }
    }
}
