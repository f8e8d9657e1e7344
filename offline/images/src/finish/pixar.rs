//! Clean render: bloom, rich colour, soft corners.

use super::{Studio, bloom, vignette};
use crate::cast::Scene;
use crate::grid::Canvas;

pub(super) fn finish(scene: &Scene, studio: &Studio) -> Canvas {
    let mut canvas = scene.canvas.clone();
    bloom(&mut canvas, 0.70, 0.55, studio.frame.unit * 30.0);
    for colour in &mut canvas.v {
        *colour = colour.contrast(1.06).saturate(1.14).clamped();
    }
    vignette(&mut canvas, 0.36);
    canvas
}
