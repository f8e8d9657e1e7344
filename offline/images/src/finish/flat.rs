//! Poster colours: the scene is already drawn plainly, so only its colours are lifted.

use crate::cast::Scene;
use crate::grid::Canvas;

pub(super) fn finish(scene: &Scene) -> Canvas {
    scene
        .canvas
        .map(|colour| colour.saturate(1.12).contrast(1.03).clamped())
}
