//! Poster colours: the scene is already drawn plainly, so only the palette is tightened.

use super::Studio;
use crate::cast::Scene;
use crate::grid::Canvas;

pub(super) fn finish(scene: &Scene, _studio: &Studio) -> Canvas {
    let steps = 18.0;
    scene.canvas.map(|colour| {
        let stepped = colour.map(|c| ((c * steps + 0.5) as u32) as f32 / steps);
        stepped.saturate(1.08).clamped()
    })
}
