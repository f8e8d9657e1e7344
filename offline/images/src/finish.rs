//! The eight looks, each a pass over the whole scene.
//!
//! To add one: a variant of `ArtStyle`, its file here, and a line in both matches.

mod anime;
mod cinematic;
mod comic;
mod cyberpunk;
mod flat;
mod ink;
mod kuwahara;
mod oil;
mod pixar;
mod watercolor;

use crate::cast::{Costume, Scene};
use crate::colour::{Rgb, smooth};
use crate::grid::Canvas;
use crate::rng::Rng;
use crate::stage::Frame;
use crate::style::ArtStyle;

/// What a look may use besides the pixels.
pub(crate) struct Studio {
    pub(crate) frame: Frame,
    /// Colour of the scene's light.
    pub(crate) light: Rgb,
    /// Where it comes from, in pixels.
    pub(crate) sun: (f32, f32),
    /// How strong beams from it may be.
    pub(crate) sunbeams: f32,
    pub(crate) rng: Rng,
}

pub(crate) fn costume(style: ArtStyle) -> Costume {
    Costume {
        flat: style == ArtStyle::FlatVector,
        focus: matches!(style, ArtStyle::Pixar3d | ArtStyle::Realistic),
        dusk: if style == ArtStyle::Realistic {
            0.40
        } else {
            0.0
        },
        texture: match style {
            ArtStyle::FlatVector => 0.0,
            ArtStyle::Anime | ArtStyle::ComicBook => 0.25,
            _ => 1.0,
        },
    }
}

pub(crate) fn apply(style: ArtStyle, scene: &Scene, studio: &mut Studio) -> Canvas {
    match style {
        ArtStyle::Pixar3d => pixar::finish(scene, studio),
        ArtStyle::Anime => anime::finish(scene, studio),
        ArtStyle::Realistic => cinematic::finish(scene, studio),
        ArtStyle::Watercolor => watercolor::finish(scene, studio),
        ArtStyle::ComicBook => comic::finish(scene, studio),
        ArtStyle::Cyberpunk => cyberpunk::finish(scene, studio),
        ArtStyle::OilPainting => oil::finish(scene, studio),
        ArtStyle::FlatVector => flat::finish(scene),
    }
}

/// Light spilling from what is brighter than `over`.
fn bloom(canvas: &mut Canvas, over: f32, strength: f32, radius: f32) {
    let spill = canvas
        .shrunk(4)
        .map(|c| c.map(|v| (v - over).max(0.0)))
        .blurred(radius / 4.0)
        .stretched(canvas.w, canvas.h);
    for (colour, light) in canvas.v.iter_mut().zip(spill.v) {
        *colour = colour.screen(light, strength * 3.2);
    }
}

/// Deepens the corners: mid-tones darken and gain colour, white stays white.
fn vignette(canvas: &mut Canvas, strength: f32) {
    let (w, h) = (canvas.w as f32, canvas.h as f32);
    canvas.paint(0..canvas.h, |x, y, colour| {
        let (u, v) = (x as f32 / w - 0.5, y as f32 / h - 0.5);
        let d2 = u * u * 1.2 + v * v * 1.9;
        let much = strength * smooth((d2 - 0.16) * 1.35);
        *colour = colour.map(|c| c * (1.0 - much) + much * c * c * 0.9);
    });
}
