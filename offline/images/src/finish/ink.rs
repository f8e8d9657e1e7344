//! Outlines: around the cast, and along strong edges inside it.

use crate::grid::Plane;

/// Line strength, `0..=1`. `thick` in pixels.
pub(super) fn contours(mask: &Plane, luma: &Plane, thick: f32, inner: f32) -> Plane {
    let around = mask.blurred(thick * 0.5).edges();
    let soft = luma.blurred(1.2);
    let inside = soft.edges();
    let near = mask.blurred(thick);
    let mut line = Plane::new(mask.w, mask.h);
    for (i, value) in line.v.iter_mut().enumerate() {
        let outer = (around.v[i] * thick * 0.9 - 0.55).clamp(0.0, 1.0);
        let detail = ((inside.v[i] - 0.34) * 3.0).clamp(0.0, 1.0) * (near.v[i] * 1.6).min(1.0);
        *value = outer.max(detail * inner);
    }
    line
}
