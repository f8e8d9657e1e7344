//! Brush strokes that follow the form, and the relief they leave.

use super::kuwahara::{broad_kuwahara, keep_features};
use super::{Studio, vignette};
use crate::cast::Scene;
use crate::grid::{Canvas, Grid, Plane};
use crate::noise::fbm;

/// Bristle marks are this many steps long to each side.
const STROKE_STEPS: usize = 8;

pub(super) fn finish(scene: &Scene, studio: &mut Studio) -> Canvas {
    let unit = studio.frame.unit;
    let mut canvas = broad_kuwahara(&scene.canvas, &[unit * 13.0, unit * 10.0, unit * 8.0]);
    keep_features(&mut canvas, scene, 0.5);
    for colour in &mut canvas.v {
        let rich = colour.map(|c| c.max(0.0).powf(0.9));
        *colour = rich.contrast(1.10).saturate(1.42).clamped();
    }
    let strokes = strokes(&canvas, studio).stretched(canvas.w, canvas.h);
    let h = canvas.h;
    let reach = (unit * 2.2).max(1.0) as i32;
    canvas.paint(0..h, |x, y, colour| {
        let (px, py) = (x as i32, y as i32);
        let here = strokes.get(x, y);
        let slope = strokes.near(px + reach, py + reach) - strokes.near(px - reach, py - reach);
        let lit = 1.0 + here * 0.30 + slope.clamp(-0.4, 0.4) * 0.75;
        *colour = (*colour * lit).clamped();
    });
    vignette(&mut canvas, 0.45);
    canvas
}

/// Noise dragged along the contours of the picture (line integral convolution),
/// at half size; around zero.
fn strokes(canvas: &Canvas, studio: &mut Studio) -> Plane {
    let luma = canvas.shrunk(2).luma().blurred(2.0);
    let (w, h) = (luma.w, luma.h);
    let wander = fbm(&mut studio.rng, w, h, 130.0 * studio.frame.unit, 3, 1.0);
    let bristles = Plane::build(w, h, |_, _| studio.rng.unit() - 0.5).blurred(0.7);
    let along: Grid<f32> = Plane::build(w, h, |x, y| {
        let (x, y) = (x as i32, y as i32);
        let across = luma.near(x + 1, y) - luma.near(x - 1, y);
        let down = luma.near(x, y + 1) - luma.near(x, y - 1);
        let form = across.atan2(-down);
        form + (wander.near(x, y) - 0.5) * 2.4
    });
    Plane::build(w, h, |x, y| {
        let mut sum = bristles.get(x, y);
        for way in [1.0, -1.0] {
            let (mut px, mut py) = (x as f32, y as f32);
            for _ in 0..STROKE_STEPS {
                let (sin, cos) = along.near(px as i32, py as i32).sin_cos();
                px += cos * way * 1.2;
                py += sin * way * 1.2;
                sum += bristles.near(px as i32, py as i32);
            }
        }
        sum / (2 * STROKE_STEPS + 1) as f32 * 2.4
    })
}
