//! Edge-keeping smoothing that leaves flat patches, as paint does.
//!
//! Each pixel takes the mean of whichever of its four quadrants varies least
//! (Kuwahara, 1976), from running sums, so that cost does not grow with radius.

use crate::cast::Scene;
use crate::colour::Rgb;
use crate::grid::{Canvas, Grid};

pub(super) fn kuwahara(canvas: &Canvas, radius: f32) -> Canvas {
    let half = ((radius / 2.0).round() as i32).max(1);
    let luma = canvas.luma();
    let means = canvas.boxed(half as usize);
    let mean_luma = luma.boxed(half as usize);
    let mean_square = luma.map(|l| l * l).boxed(half as usize);
    let spread = Grid {
        w: luma.w,
        h: luma.h,
        v: mean_square
            .v
            .iter()
            .zip(&mean_luma.v)
            .map(|(square, mean)| square - mean * mean)
            .collect(),
    };
    let (w, h) = (canvas.w as i32, canvas.h as i32);
    let row = |y: i32| (y.clamp(0, h - 1) * w) as usize;
    let mut out: Canvas = Grid::new(canvas.w, canvas.h);
    for y in 0..h {
        let (above, below) = (row(y - half), row(y + half));
        for x in 0..w {
            let left = (x - half).max(0) as usize;
            let right = (x + half).min(w - 1) as usize;
            let mut best = above + left;
            for quadrant in [above + right, below + left, below + right] {
                if spread.v[quadrant] < spread.v[best] {
                    best = quadrant;
                }
            }
            out.v[(y * w + x) as usize] = means.v[best];
        }
    }
    out
}

/// The same on a copy half as wide, for looks without fine detail.
pub(super) fn broad_kuwahara(canvas: &Canvas, radii: &[f32]) -> Canvas {
    let mut small = canvas.shrunk(2);
    for radius in radii {
        small = kuwahara(&small, radius / 2.0);
    }
    small.stretched(canvas.w, canvas.h)
}

/// Gives faces and small things of the cast their detail back.
pub(super) fn keep_features(canvas: &mut Canvas, scene: &Scene, share: f32) {
    for ((colour, &sharp), &mask) in canvas.v.iter_mut().zip(&scene.canvas.v).zip(&scene.mask.v) {
        *colour = colour.mix(sharp, share * mask);
    }
}

/// Rounds brightness to `levels` steps, keeping hue.
pub(super) fn levelled(colour: Rgb, levels: f32) -> Rgb {
    let most = colour.0.iter().copied().fold(0.02, f32::max);
    let stepped = ((most * levels + 0.5) as u32) as f32 / levels;
    colour * (stepped / most)
}
