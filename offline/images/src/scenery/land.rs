//! Ridges, ground and water.

use crate::colour::{Rgb, smooth};
use crate::grid::{Canvas, Plane};
use crate::noise::{fbm, outline};
use crate::stage::Stage;

/// The shape of a skyline.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Rolling,
    Peaks,
    Dunes,
    Ice,
}

/// Slopes of a rough surface as seen under side light, around zero.
pub(super) struct Relief(Option<Plane>);

impl Relief {
    pub(super) fn new(stage: &mut Stage<'_>, cell: f32) -> Self {
        if stage.flat {
            return Self(None);
        }
        let (w, h) = (stage.frame.w, stage.frame.h);
        let height = fbm(
            &mut stage.rng,
            w.div_ceil(2),
            h.div_ceil(2),
            stage.frame.px(cell / 2.0),
            5,
            1.1,
        );
        let reach = (stage.frame.px(3.0) as i32).max(1);
        let slope = Plane::build(height.w, height.h, |x, y| {
            let (x, y) = (x as i32, y as i32);
            let across = height.near(x + reach, y) - height.near(x - reach, y);
            let down = height.near(x, y + reach) - height.near(x, y - reach);
            (across + 0.6 * down) * stage.texture
        });
        Self(Some(slope.stretched(w, h)))
    }

    /// Around zero; flat looks have none.
    pub(super) fn at(&self, x: usize, y: usize) -> f32 {
        self.0.as_ref().map_or(0.0, |plane| plane.get(x, y))
    }
}

/// A skyline in pixels from the top: `base` its foot, `tall` its height.
pub(super) fn skyline(
    stage: &mut Stage<'_>,
    form: Form,
    base: f32,
    tall: f32,
    cell: f32,
) -> Vec<f32> {
    let w = stage.frame.w;
    let (cell, tall) = (stage.frame.px(cell), stage.frame.px(tall));
    let rng = &mut stage.rng;
    let line = match form {
        Form::Rolling => outline(rng, w, cell, 4, 0.45, false),
        Form::Peaks => outline(rng, w, cell, 7, 0.52, true),
        Form::Dunes => outline(rng, w, cell, 2, 0.4, false),
        Form::Ice => {
            let steps = outline(rng, w, cell, 2, 0.5, true);
            let facets = outline(rng, w, cell * 0.35, 2, 0.5, true);
            let join = |(a, b): (&f32, &f32)| smooth((a - 0.45) * 3.2) * (0.75 + 0.25 * b);
            steps.iter().zip(&facets).map(join).collect()
        }
    };
    line.into_iter().map(|n| base - tall * n).collect()
}

/// Fills below a skyline, shading from `top` to `bottom` over `depth` pixels.
pub(super) fn fill(
    canvas: &mut Canvas,
    line: &[f32],
    [top, bottom]: [Rgb; 2],
    depth: f32,
    relief: &Relief,
    rough: f32,
) {
    let first = line.iter().copied().fold(f32::MAX, f32::min).max(0.0) as usize;
    canvas.paint(first..canvas.h, |x, y, colour| {
        let below = y as f32 - line[x];
        let cover = (below + 0.5).clamp(0.0, 1.0);
        if cover > 0.0 {
            let down = if relief.0.is_some() {
                smooth(below / depth)
            } else {
                0.3
            };
            let shade = top.mix(bottom, down);
            let lit = 1.0 + relief.at(x, y) * rough;
            *colour = colour.mix((shade * lit).clamped(), cover);
        }
    });
}

/// The ground the heroes stand on, from the horizon to the bottom of the frame.
pub(super) fn ground(
    stage: &mut Stage<'_>,
    canvas: &mut Canvas,
    rise: f32,
    rough: f32,
) -> Vec<f32> {
    let base = stage.horizon() + stage.frame.px(rise * 0.5);
    let line = skyline(stage, Form::Rolling, base, rise, 640.0);
    let relief = Relief::new(stage, 110.0);
    let depth = stage.frame.h as f32 - stage.horizon();
    fill(
        canvas,
        &line,
        stage.palette.ground,
        depth * 0.8,
        &relief,
        rough,
    );
    line
}

/// Fine streaks of grass, snow or gravel below a line.
pub(super) fn tufts(stage: &mut Stage<'_>, canvas: &mut Canvas, line: &[f32], strength: f32) {
    if stage.flat {
        return;
    }
    let (w, h) = (stage.frame.w, stage.frame.h);
    let cell = stage.frame.px(16.0);
    let blades = fbm(&mut stage.rng, w, h, cell, 3, 0.4);
    let first = line.iter().copied().fold(f32::MAX, f32::min).max(0.0) as usize;
    let fade = stage.frame.y(0.30);
    let strength = strength * stage.texture;
    canvas.paint(first..h, |x, y, colour| {
        let below = y as f32 - line[x];
        if below > 0.0 {
            let near = smooth(below / fade) * 0.6 + 0.4;
            *colour = (*colour * (1.0 + (blades.get(x, y) - 0.5) * strength * near)).clamped();
        }
    });
}

/// Open water between two heights in pixels, with the light's path on it.
pub(super) fn water(stage: &mut Stage<'_>, canvas: &mut Canvas, top: f32, bottom: f32) {
    let (w, h) = (stage.frame.w, stage.frame.h);
    let cell = stage.frame.px(26.0);
    let ripples = fbm(&mut stage.rng, w, h, cell, 3, 5.0);
    let (far, near, light) = (stage.palette.far, stage.palette.near, stage.palette.light);
    let sun_x = stage.sun.0;
    let flat = stage.flat;
    let wide = stage.frame.px(260.0);
    canvas.paint(
        top.max(0.0) as usize..bottom.max(0.0) as usize,
        |x, y, colour| {
            let t = (y as f32 - top) / (bottom - top).max(1.0);
            let wave = ripples.get(x, y) - 0.5;
            let body = far.mix(near, smooth(t)) * (1.0 + if flat { 0.0 } else { wave * 0.5 });
            let path = 1.0 - ((x as f32 - sun_x) / (wide * (0.5 + t))).abs();
            let glitter = smooth(path * 1.2) * smooth((wave - 0.02) * 9.0) * 0.8;
            *colour = body.clamped().screen(light, glitter);
        },
    );
}
