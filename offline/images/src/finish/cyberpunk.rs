//! Neon on darkness: gradient map, glowing edges, a light grid, rain, scan lines.

use super::{Studio, bloom, vignette};
use crate::cast::Scene;
use crate::colour::{Rgb, ramp, smooth};
use crate::grid::{Canvas, Grid};

const GRID_TOP: f32 = 0.78;

pub(super) fn finish(scene: &Scene, studio: &mut Studio) -> Canvas {
    let unit = studio.frame.unit;
    let (w, h) = (scene.canvas.w, scene.canvas.h);
    let neon = [0x05010f, 0x1b0b45, 0x5a109a, 0xd0208a, 0xff7ac0, 0xe8feff].map(Rgb::hex);
    let (cyan, pink) = (Rgb::hex(0x19f0ff), Rgb::hex(0xff36c8));
    let lines = neon_lines(scene, unit);
    let glow = lines.shrunk(4).blurred(unit * 3.2).stretched(w, h);
    let mask = scene.mask.blurred(unit * 2.0);
    let mut canvas: Canvas = Grid::build(w, h, |x, y| {
        let i = y * w + x;
        let plain = scene.canvas.v[i];
        let mapped = ramp(&neon, plain.contrast(1.12).luma() * 0.94);
        let tinted = plain.times(Rgb([0.78, 0.78, 1.18]));
        let body = mapped.mix(tinted, 0.16 + 0.5 * mask.v[i]).clamped();
        let hue = cyan.mix(pink, smooth(x as f32 / w as f32 * 1.4 - 0.2));
        body.screen(hue, glow.v[i] * 1.7 + lines.v[i] * 0.85)
    });
    grid(&mut canvas, cyan, unit);
    rain(&mut canvas, studio);
    let shift = ((5.0 * unit) as usize).max(1);
    let split = canvas.clone();
    canvas.paint(0..h, |x, y, colour| {
        let row = y * w;
        let red = split.v[row + x.saturating_sub(shift)].0[0];
        let blue = split.v[row + (x + shift).min(w - 1)].0[2];
        let scan = if (y / 2) % 2 == 0 { 1.0 } else { 0.94 };
        *colour = Rgb([red, colour.0[1], blue]) * scan;
    });
    bloom(&mut canvas, 0.74, 0.45, unit * 22.0);
    vignette(&mut canvas, 0.6);
    canvas
}

fn neon_lines(scene: &Scene, unit: f32) -> Grid<f32> {
    let around = scene.mask.blurred(unit * 2.0).edges();
    let inside = scene.canvas.luma().blurred(unit * 1.6).edges();
    let mut lines = around;
    for (line, inner) in lines.v.iter_mut().zip(inside.v) {
        let outer = (*line * 2.4 - 0.3).clamp(0.0, 1.0);
        *line = (outer + (inner * 1.1 - 0.24).clamp(0.0, 1.0) * 0.5).min(1.0);
    }
    lines
}

/// A floor of light running to the horizon, faint so that captions stay readable.
fn grid(canvas: &mut Canvas, hue: Rgb, unit: f32) {
    let (w, h) = (canvas.w as f32, canvas.h as f32);
    let top = h * GRID_TOP;
    canvas.paint(top as usize..canvas.h, |x, y, colour| {
        let t = ((y as f32 - top) / (h - top)).max(0.015);
        let z = 1.0 / t;
        let across = (x as f32 - w / 2.0) * z / (150.0 * unit) + 4096.0;
        let along = z * 2.2;
        let line = |v: f32, wide: f32| {
            let near = (v - (v as u32) as f32 - 0.5).abs() * 2.0;
            smooth((near - 1.0 + wide) / wide)
        };
        let mesh =
            line(across, (0.05 * z).min(0.6)).max(line(along, (0.02 * z * z).clamp(0.04, 0.6)));
        *colour = colour.screen(hue, mesh * smooth(t * 3.0) * 0.34);
    });
}

fn rain(canvas: &mut Canvas, studio: &mut Studio) {
    let (w, h) = (canvas.w, canvas.h);
    for _ in 0..360 {
        let (x, y) = (studio.rng.below(w), studio.rng.below(h));
        let long = (studio.frame.unit * studio.rng.range(30.0, 90.0)) as usize;
        for step in 0..long {
            let (px, py) = (x + step / 9, y + step);
            if px < w && py < h {
                let colour = &mut canvas.v[py * w + px];
                *colour = colour.screen(Rgb::hex(0xa8e8ff), 0.2);
            }
        }
    }
}
