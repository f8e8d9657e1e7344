//! Rooms: a wall, a floor, a window or lamp, and what stands along the wall.

use std::fmt::Write as _;

use super::air::{glow_at, gradient};
use super::furniture::{frames, glassware, panels, screens, shelf, wainscot, window};
use super::land::{Relief, fill};
use crate::brief::Light;
use crate::colour::smooth;
use crate::grid::Canvas;
use crate::sprite::lay_svg;
use crate::stage::Stage;

pub(super) fn room(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = wall(stage);
    let mut svg = String::new();
    wainscot(stage, &mut svg);
    let left = stage.sun.0 < stage.frame.x(0.5);
    let centre = stage.frame.x(if left { 0.24 } else { 0.76 });
    window(stage, &mut svg, centre);
    frames(stage, &mut svg, if left { 0.74 } else { 0.26 });
    lay_svg(&mut canvas, &svg, 1.0, stage.frame.px(1.5));
    floor(stage, &mut canvas, true);
    shaft(stage, &mut canvas, centre, !left);
    canvas
}

pub(super) fn library(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = wall(stage);
    let mut svg = String::new();
    let bay = stage.frame.px(330.0);
    let bottom = stage.horizon() + stage.frame.px(150.0);
    let mut x = -stage.frame.px(stage.rng.range(20.0, 140.0));
    let aisle = stage.sun.0;
    while x < stage.frame.w as f32 {
        if (x + bay / 2.0 - aisle).abs() > bay * 0.55 {
            shelf(stage, &mut svg, x, bay, bottom);
        }
        x += bay;
    }
    window(stage, &mut svg, aisle);
    lay_svg(&mut canvas, &svg, 1.0, stage.frame.px(2.0));
    floor(stage, &mut canvas, true);
    shaft(stage, &mut canvas, aisle, aisle < stage.frame.x(0.5));
    canvas
}

pub(super) fn laboratory(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = wall(stage);
    let mut svg = String::new();
    panels(stage, &mut svg);
    screens(stage, &mut svg);
    glassware(stage, &mut svg);
    lay_svg(&mut canvas, &svg, 1.0, stage.frame.px(1.6));
    for share in [0.2, 0.8] {
        let at = (stage.frame.x(share), 0.0);
        glow_at(
            &mut canvas,
            at,
            stage.frame.px(420.0),
            stage.palette.light,
            0.55,
        );
    }
    floor(stage, &mut canvas, false);
    canvas
}

/// A plastered wall, brightest where the light is.
fn wall(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = gradient(stage, stage.horizon() + stage.frame.px(150.0));
    let relief = Relief::new(stage, 60.0);
    let h = canvas.h;
    canvas.paint(0..h, |x, y, colour| {
        *colour = (*colour * (1.0 + relief.at(x, y) * 0.25)).clamped();
    });
    canvas
}

fn floor(stage: &mut Stage<'_>, canvas: &mut Canvas, boards: bool) {
    let top = stage.horizon() + stage.frame.px(150.0);
    let line = vec![top; stage.frame.w];
    let copy = canvas.shrunk(4).blurred(3.0);
    let relief = Relief::new(stage, 80.0);
    fill(
        canvas,
        &line,
        stage.palette.ground,
        stage.frame.px(640.0),
        &relief,
        0.5,
    );
    let (middle, bottom) = (stage.frame.x(0.5), stage.frame.h as f32);
    let mut svg = String::new();
    if boards {
        for i in -7..=7 {
            let spread = (i as f32 + 0.3) * stage.frame.px(110.0);
            let _ = write!(
                svg,
                "<path d=\"M{:.1} {top:.1}L{:.1} {bottom:.1}\"/>",
                middle + spread,
                middle + spread * 3.0
            );
        }
    }
    let _ = write!(
        svg,
        "<path stroke-width=\"{:.1}\" d=\"M0 {top:.1}H{}\"/>",
        stage.frame.px(12.0),
        stage.frame.w
    );
    let lines = format!(
        "<g stroke=\"{}\" stroke-width=\"{:.1}\" fill=\"none\">{svg}</g>",
        (stage.palette.ground[1] * 0.6).css(),
        stage.frame.px(3.5)
    );
    lay_svg(canvas, &lines, 0.35, 0.0);
    let (shine, reach) = (if boards { 0.22 } else { 0.4 }, stage.frame.px(460.0));
    canvas.paint(top as usize..stage.frame.h, |x, y, colour| {
        let below = y as f32 - top;
        let mirror = copy.near(x as i32 / 4, (top - below) as i32 / 4);
        *colour = colour.mix(mirror, shine * (1.0 - smooth(below / reach)));
    });
}

/// Light falling from the window across the room.
fn shaft(stage: &Stage<'_>, canvas: &mut Canvas, from: f32, to_left: bool) {
    let top = stage.horizon() - stage.frame.px(560.0);
    glow_at(
        canvas,
        (from, stage.horizon() - stage.frame.px(300.0)),
        stage.frame.px(330.0),
        stage.palette.light,
        0.4,
    );
    if stage.flat {
        return;
    }
    let lean = if to_left { -0.62 } else { 0.62 };
    let (half, reach) = (stage.frame.px(125.0), stage.frame.px(1150.0));
    let strength = if stage.light == Light::Night {
        0.16
    } else {
        0.34
    };
    let light = stage.palette.light;
    canvas.paint(top.max(0.0) as usize..stage.frame.h, |x, y, colour| {
        let down = y as f32 - top;
        let off = ((x as f32 - from - lean * (down - half)) / (half + down * 0.10)).abs();
        let beam = smooth((1.0 - off) * 2.4) * (1.0 - smooth(down / reach));
        *colour = colour.screen(light, beam * strength);
    });
}
