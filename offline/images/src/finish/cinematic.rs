//! The "realistic" slot, honestly a film grade: low key, teal and amber, grain.

use super::{Studio, bloom, vignette};
use crate::cast::Scene;
use crate::colour::Rgb;
use crate::grid::Canvas;
use crate::noise::fbm;

pub(super) fn finish(scene: &Scene, studio: &mut Studio) -> Canvas {
    let (shadows, lights) = (Rgb([0.80, 0.98, 1.14]), Rgb([1.10, 1.01, 0.86]));
    let mut canvas = scene.canvas.map(|colour| {
        let muted = colour.contrast(1.18).saturate(0.70).clamped();
        muted.times(shadows.mix(lights, muted.luma())) * 0.94
    });
    bloom(&mut canvas, 0.62, 0.6, studio.frame.unit * 42.0);
    let grain = fbm(&mut studio.rng, canvas.w, canvas.h, 2.4, 2, 1.0);
    for (colour, g) in canvas.v.iter_mut().zip(grain.v) {
        *colour = (*colour + Rgb([(g - 0.5) * 0.11; 3])).clamped();
    }
    vignette(&mut canvas, 0.85);
    canvas
}
