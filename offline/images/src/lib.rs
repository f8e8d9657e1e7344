//! Composes a picture from its description with no network, in eight art styles.
//!
//! A description in plain English becomes a place, a light, a hero and props; the
//! place is painted, the embedded drawings are rendered into it, and a full-frame
//! look is laid over. The same request always gives the same pixels. Nothing here
//! reads files, the clock or the network, and one picture uses one thread, so
//! that the scenes of a film can be made side by side.
//!
//! Any text composes, in any language; words it does not know leave the choice to
//! the seed. To teach it more: a word in `assets/lexicon.tsv`, a drawing in
//! `assets/own`, a place in `scenery`, a look in `finish`.

mod art;
mod brief;
mod cast;
mod colour;
mod finish;
mod grid;
mod noise;
mod palette;
mod picture;
mod rng;
mod scenery;
mod shot;
mod sprite;
mod stage;
mod style;

pub use picture::Picture;
pub use style::{ArtStyle, UnknownStyle};

use brief::{Brief, Light};
use colour::{smooth, step};
use grid::Canvas;
use rng::Rng;
use shot::CAPTION_TOP;
use stage::{Frame, Stage};

/// The smallest side, in pixels, in which a scene is still a scene.
pub const MIN_SIDE: u32 = 64;
/// The largest side, in pixels; bounds memory to a few hundred megabytes.
pub const MAX_SIDE: u32 = 4096;

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub struct ImageRequest<'a> {
    /// Plain English: hero, place, light, mood, in any order; may be empty.
    pub description: &'a str,
    /// The look of the whole frame.
    pub style: ArtStyle,
    /// The same seed and description give the same picture.
    pub seed: u64,
    /// In pixels, [`MIN_SIDE`]`..=`[`MAX_SIDE`]; made for 1080.
    pub width: u32,
    /// In pixels, [`MIN_SIDE`]`..=`[`MAX_SIDE`]; made for 1920.
    pub height: u32,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// A side is out of range.
    #[error("image {side} {given} is out of range: use {MIN_SIDE} to {MAX_SIDE} pixels")]
    Size {
        /// `width` or `height`.
        side: &'static str,
        /// What was asked for.
        given: u32,
    },
    /// A picture changed by hand no longer fills its size.
    #[error("picture rgb holds {given} bytes: {width} by {height} pixels need {needed}")]
    Pixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Bytes held.
        given: usize,
        /// Bytes needed.
        needed: usize,
    },
    /// The file could not be made.
    #[error("picture could not be encoded: try the other file format")]
    Encode(#[from] image::ImageError),
}

/// Draws the picture; about a second of one core at 1080 by 1920.
///
/// # Errors
/// [`ImageError::Size`] when a side is out of range; any description is accepted.
pub fn compose(request: &ImageRequest<'_>) -> Result<Picture, ImageError> {
    for (side, given) in [("width", request.width), ("height", request.height)] {
        if !(MIN_SIDE..=MAX_SIDE).contains(&given) {
            return Err(ImageError::Size { side, given });
        }
    }
    let rng = Rng::new(request.seed, request.description);
    let brief = Brief::read(request.description, &mut rng.fork("brief"));
    let frame = Frame::new(request.width as usize, request.height as usize);
    let costume = finish::costume(request.style);
    let mut stage = Stage::set(&brief, frame, costume, &rng);
    let mut backdrop = scenery::paint(&mut stage);
    if costume.focus {
        pull_focus(&stage, &mut backdrop);
    }
    let mut scene = cast::enter(&mut stage, backdrop, costume);
    if !costume.flat {
        scenery::particles(&mut stage, &mut scene.canvas);
    }
    let mut studio = finish::Studio {
        frame,
        light: stage.palette.light,
        sun: stage.sun,
        sunbeams: if stage.light == Light::Night {
            0.07
        } else {
            0.24
        },
        rng: rng.fork("finish"),
    };
    settle_caption_area(&mut scene.canvas);
    let canvas = finish::apply(request.style, &scene, &mut studio);
    Ok(Picture::from_canvas(&canvas))
}

/// Keeps the heroes' ground sharp and what is far behind or near the lens soft.
fn pull_focus(stage: &Stage<'_>, canvas: &mut Canvas) {
    let soft = canvas.blurred(stage.frame.px(stage.shot.focus));
    let (far, sharp) = (stage.horizon(), stage.frame.y(CAPTION_TOP - 0.03));
    let (w, h) = (canvas.w, canvas.h);
    canvas.paint(0..h, |x, y, colour| {
        let y_px = y as f32;
        let behind = 1.0 - step(far, sharp, y_px);
        let before = 0.8 * step(sharp, h as f32, y_px);
        *colour = colour.mix(soft.v[y * w + x], behind.max(before));
    });
}

/// Quiets the lower third, where captions are read.
fn settle_caption_area(canvas: &mut Canvas) {
    let h = canvas.h as f32;
    canvas.paint(
        (h * (CAPTION_TOP - 0.04)) as usize..canvas.h,
        |_, y, colour| {
            let down = smooth((y as f32 / h - CAPTION_TOP + 0.04) / 0.3);
            *colour = *colour * (1.0 - 0.34 * down);
        },
    );
}
