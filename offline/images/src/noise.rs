//! Smooth random fields: clouds, textures, skylines.

use crate::colour::smooth;
use crate::grid::{Grid, Plane};
use crate::rng::Rng;

/// Fractal value noise in `0..1`, mean near one half.
///
/// `cell` is the size in pixels of the largest features, `stretch` how much
/// wider than tall they are. Work is done on a copy no finer than its smallest
/// feature needs.
pub(crate) fn fbm(
    rng: &mut Rng,
    w: usize,
    h: usize,
    cell: f32,
    octaves: u32,
    stretch: f32,
) -> Plane {
    let finest = (cell / (1 << (octaves - 1)) as f32).max(1.5);
    let k = (finest * 0.5).clamp(1.0, 8.0);
    let (sw, sh) = ((w as f32 / k) as usize + 1, (h as f32 / k) as usize + 1);
    let mut sum = Plane::new(sw, sh);
    let (mut size, mut weight, mut total) = (cell / k, 1.0, 0.0);
    for _ in 0..octaves {
        let tall = size.max(1.2);
        add_octave(rng, &mut sum, tall * stretch, tall, weight);
        total += weight;
        weight *= 0.5;
        size *= 0.5;
    }
    for value in &mut sum.v {
        *value /= total;
    }
    sum.stretched(w, h)
}

/// One-dimensional fractal noise in `0..1` for outlines; `ridged` makes peaks.
pub(crate) fn outline(
    rng: &mut Rng,
    w: usize,
    cell: f32,
    octaves: u32,
    gain: f32,
    ridged: bool,
) -> Vec<f32> {
    let mut line = vec![0.0; w];
    let (mut size, mut weight, mut total) = (cell, 1.0, 0.0);
    for _ in 0..octaves {
        if size < 2.0 {
            break;
        }
        let lattice: Vec<f32> = (0..(w as f32 / size) as usize + 3)
            .map(|_| rng.unit())
            .collect();
        for (x, value) in line.iter_mut().enumerate() {
            let at = x as f32 / size;
            let i = at as usize;
            let mut n = lattice[i] + (lattice[i + 1] - lattice[i]) * smooth(at - i as f32);
            if ridged {
                n = 1.0 - (2.0 * n - 1.0).abs();
            }
            *value += weight * n;
        }
        total += weight;
        weight *= gain;
        size *= 0.5;
    }
    for value in &mut line {
        *value /= f32::max(total, 1e-6);
    }
    line
}

fn add_octave(rng: &mut Rng, sum: &mut Plane, cell_w: f32, cell_h: f32, weight: f32) {
    let lattice = Grid::build(
        (sum.w as f32 / cell_w) as usize + 3,
        (sum.h as f32 / cell_h) as usize + 3,
        |_, _| rng.unit(),
    );
    let columns: Vec<(usize, f32)> = (0..sum.w)
        .map(|x| {
            let at = x as f32 / cell_w;
            (at as usize, smooth(at - (at as usize) as f32))
        })
        .collect();
    let w = sum.w;
    for (y, row) in sum.v.chunks_mut(w).enumerate() {
        let at = y as f32 / cell_h;
        let top = at as usize;
        let t = smooth(at - top as f32);
        let (above, below) = (
            &lattice.v[top * lattice.w..(top + 1) * lattice.w],
            &lattice.v[(top + 1) * lattice.w..(top + 2) * lattice.w],
        );
        for (value, &(i, s)) in row.iter_mut().zip(&columns) {
            let a = above[i] + (above[i + 1] - above[i]) * s;
            let b = below[i] + (below[i + 1] - below[i]) * s;
            *value += weight * (a + (b - a) * t);
        }
    }
}
