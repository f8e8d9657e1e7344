//! Painted backdrop, cel levels, thin dark lines, sunbeams.

use super::ink::contours;
use super::kuwahara::{kuwahara, levelled};
use super::{Studio, bloom};
use crate::cast::Scene;
use crate::colour::{Rgb, smooth};
use crate::grid::Canvas;

pub(super) fn finish(scene: &Scene, studio: &Studio) -> Canvas {
    let unit = studio.frame.unit;
    let once = kuwahara(&scene.canvas, (unit * 8.0).max(2.0));
    let painted = kuwahara(&once, (unit * 5.0).max(2.0));
    let lines = contours(&scene.mask, &painted.luma(), (unit * 3.4).max(1.0), 0.75);
    let ink = Rgb::hex(0x2a1c3c);
    let (sun_x, _) = studio.sun;
    let (source, reach) = (-180.0 * unit, 1700.0 * unit);
    let mut canvas = painted;
    let h = canvas.h;
    let w = canvas.w;
    canvas.paint(0..h, |x, y, colour| {
        let i = y * w + x;
        let cel = colour.mix(levelled(*colour, 7.0), 0.15 + 0.4 * scene.mask.v[i]);
        let bright = cel.saturate(1.34).map(|c| c * 1.05 + 0.015).clamped();
        let inked = bright.mix(ink, lines.v[i] * 0.85);
        let down = y as f32 - source;
        let slope = (x as f32 - sun_x) / down;
        let wave = (slope * 15.0).sin() * 0.6 + (slope * 37.0 + 1.0).sin() * 0.4;
        let ray = smooth(wave * 1.4) * (1.0 - smooth(down / reach));
        *colour = inked.screen(studio.light.mix(Rgb::WHITE, 0.5), ray * studio.sunbeams);
    });
    bloom(&mut canvas, 0.74, 0.5, unit * 24.0);
    canvas
}
