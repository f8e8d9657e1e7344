//! Wet paint on paper: wandering edges, pooled pigment, granulation, a torn border.

use super::Studio;
use super::kuwahara::{broad_kuwahara, keep_features};
use crate::cast::Scene;
use crate::colour::{Rgb, bell, smooth};
use crate::grid::{Canvas, Grid};
use crate::noise::fbm;

pub(super) fn finish(scene: &Scene, studio: &mut Studio) -> Canvas {
    let (w, h) = (scene.canvas.w, scene.canvas.h);
    let unit = studio.frame.unit;
    let mut field = |cell: f32, octaves: u32| fbm(&mut studio.rng, w, h, cell * unit, octaves, 1.0);
    let (drift_x, drift_y) = (field(44.0, 4), field(44.0, 4));
    let (pool, torn) = (field(150.0, 5), field(150.0, 5));
    let grain = fbm(&mut studio.rng, w, h, (unit * 5.0).max(2.0), 3, 1.0);
    let mut smooth_scene = broad_kuwahara(&scene.canvas, &[unit * 9.0, unit * 7.0]);
    keep_features(&mut smooth_scene, scene, 0.55);
    let reach = 22.0 * unit;
    let washed: Canvas = Grid::build(w, h, |x, y| {
        let dx = (drift_x.get(x, y) - 0.5) * reach;
        let dy = (drift_y.get(x, y) - 0.5) * reach;
        let colour = smooth_scene.near(x as i32 + dx as i32, y as i32 + dy as i32);
        colour
            .map(|c| 1.0 - (1.0 - c.clamp(0.0, 1.0)) * 0.76)
            .saturate(1.45)
    });
    let edges = washed.luma().blurred(1.6).edges();
    let paper = Rgb([0.985, 0.97, 0.93]);
    let border = 46.0 * unit;
    let mut out = washed;
    out.paint(0..h, |x, y, colour| {
        let dense = 1.0 - colour.luma();
        let edge = (edges.get(x, y) * 0.5).min(0.45);
        let speckle = (grain.get(x, y) - 0.5) * 0.22 * (dense + 0.15);
        let pooled = (pool.get(x, y) - 0.5) * 0.30 * (dense + 0.2);
        let paint = (*colour * (1.0 - edge * 0.62) + Rgb([-speckle - pooled; 3])).clamped();
        let sides = (x.min(w - 1 - x)).min(y.min(h - 1 - y)) as f32;
        let inside = sides - border - (torn.get(x, y) - 0.5) * 190.0 * unit;
        let rim = bell(inside / (9.0 * unit) - 1.2) * 0.18;
        let cover = smooth(inside / (18.0 * unit));
        let sheet = paper * (1.0 - (grain.get(x, y) - 0.5) * 0.05);
        *colour = sheet.mix((paint * (1.0 - rim)).times(paper), cover * 0.97);
    });
    out
}
