//! Print: few colours, heavy ink, halftone in the shadows, a panel frame.

use super::Studio;
use super::ink::contours;
use super::kuwahara::{kuwahara, levelled};
use crate::cast::Scene;
use crate::colour::Rgb;
use crate::grid::Canvas;

const SCREEN_ANGLE: f32 = 0.62;

pub(super) fn finish(scene: &Scene, studio: &Studio) -> Canvas {
    let unit = studio.frame.unit;
    let once = kuwahara(&scene.canvas, (unit * 9.0).max(2.0));
    let mut canvas = kuwahara(&once, (unit * 6.0).max(2.0));
    for colour in &mut canvas.v {
        let vivid = colour
            .map(|c| c.max(0.0).powf(0.85))
            .contrast(1.14)
            .saturate(1.5);
        *colour = levelled(vivid.clamped(), 5.0).clamped();
    }
    let tone = scene.canvas.luma().blurred(unit * 3.0);
    let lines = contours(&scene.mask, &canvas.luma(), (unit * 7.0).max(1.4), 0.9);
    let (sin, cos) = SCREEN_ANGLE.sin_cos();
    let pitch = (12.0 * unit).max(3.0);
    let (ink, newsprint) = (Rgb::hex(0x140c18), Rgb::hex(0xfff3d6));
    let (w, h) = (canvas.w, canvas.h);
    let (gutter, rule) = ((26.0 * unit) as usize, (36.0 * unit) as usize);
    canvas.paint(0..h, |x, y, colour| {
        let i = y * w + x;
        let (u, v) = (x as f32 / pitch, y as f32 / pitch);
        let (a, b) = (u * cos + v * sin + 512.0, v * cos - u * sin + 512.0);
        let (da, db) = (a - (a as u32) as f32 - 0.5, b - (b as u32) as f32 - 0.5);
        let dot = ((0.66 - tone.v[i]).clamp(0.0, 0.55) * 0.85 - (da * da + db * db).sqrt()) * 9.0;
        let printed = *colour * (1.0 - dot.clamp(0.0, 1.0) * 0.34 * (1.0 - 0.7 * scene.mask.v[i]));
        let inked = printed.mix(ink, lines.v[i]);
        let side = x.min(w - 1 - x).min(y.min(h - 1 - y));
        *colour = if side < gutter {
            newsprint
        } else if side < rule {
            ink
        } else {
            inked.mix(inked.times(newsprint), 0.5)
        };
    });
    canvas
}
