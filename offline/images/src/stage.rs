//! What every painter of a scene shares: the frame, the light, the camera.

use crate::brief::{Brief, Light};
use crate::cast::Costume;
use crate::grid::Canvas;
use crate::palette::{Palette, light_of, palette_of};
use crate::rng::Rng;
use crate::shot::Shot;

/// Sizes are given for a 1080 by 1920 frame and scaled to the real one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) w: usize,
    pub(crate) h: usize,
    /// Pixels per design pixel.
    pub(crate) unit: f32,
}

impl Frame {
    pub(crate) fn new(w: usize, h: usize) -> Self {
        let unit = (w as f32 / 1080.0).min(h as f32 / 1920.0);
        Self { w, h, unit }
    }

    /// Design pixels to pixels.
    pub(crate) fn px(self, design: f32) -> f32 {
        design * self.unit
    }

    /// Pixels from the left for a share of the width.
    pub(crate) fn x(self, share: f32) -> f32 {
        self.w as f32 * share
    }

    /// Pixels from the top for a share of the height.
    pub(crate) fn y(self, share: f32) -> f32 {
        self.h as f32 * share
    }
}

pub(crate) struct Stage<'a> {
    pub(crate) frame: Frame,
    pub(crate) brief: &'a Brief,
    pub(crate) light: Light,
    pub(crate) palette: Palette,
    pub(crate) shot: Shot,
    /// Where sun, moon or lamp hangs, in pixels.
    pub(crate) sun: (f32, f32),
    /// Plain shapes without texture.
    pub(crate) flat: bool,
    /// How rough surfaces look, `0..=1`.
    pub(crate) texture: f32,
    pub(crate) rng: Rng,
}

impl<'a> Stage<'a> {
    pub(crate) fn set(brief: &'a Brief, frame: Frame, costume: Costume, rng: &Rng) -> Self {
        let mut dice = rng.fork("stage");
        let light = light_of(brief, &mut dice);
        let palette = palette_of(brief, light, &mut dice);
        let shot = Shot::choose(brief, &mut dice);
        let side = if shot.hero_x > 0.5 { 0.2 } else { 0.78 };
        let height = match light {
            Light::Golden => shot.horizon - dice.range(0.08, 0.16),
            _ => dice.range(0.10, 0.19),
        };
        Self {
            frame,
            brief,
            light,
            palette,
            sun: (frame.x(side + dice.range(-0.07, 0.07)), frame.y(height)),
            shot,
            flat: costume.flat,
            texture: costume.texture,
            rng: rng.fork("scenery"),
        }
    }

    /// Where land or floor begins, in pixels from the top.
    pub(crate) fn horizon(&self) -> f32 {
        self.frame.y(self.shot.horizon)
    }

    pub(crate) fn blank(&self) -> Canvas {
        Canvas::new(self.frame.w, self.frame.h)
    }
}
