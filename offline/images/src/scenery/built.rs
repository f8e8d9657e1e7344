//! What people built outdoors: city and ruins.

use std::fmt::Write as _;

use super::air::{beams, mist, sky};
use super::land::{Form, Relief, fill, ground, skyline};
use crate::brief::Light;
use crate::colour::{Rgb, smooth};
use crate::grid::Canvas;
use crate::sprite::lay_svg;
use crate::stage::Stage;

pub(super) fn city(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = sky(stage);
    for layer in 0..4 {
        towers(stage, &mut canvas, layer);
        let y = stage.horizon() + stage.frame.px(30.0 + 30.0 * layer as f32);
        mist(stage, &mut canvas, y, stage.frame.px(90.0), 0.30);
    }
    street(stage, &mut canvas);
    canvas
}

/// One row of buildings, `layer` 0 the farthest.
fn towers(stage: &mut Stage<'_>, canvas: &mut Canvas, layer: usize) {
    let t = layer as f32 / 3.0;
    let foot = stage.horizon() + stage.frame.px(60.0 + 40.0 * layer as f32);
    let air = stage.palette.sky[3];
    let wall = stage
        .palette
        .far
        .mix(stage.palette.near, t)
        .mix(air, 0.28 * (1.0 - t));
    let mut svg = format!(
        "<defs><linearGradient id=\"w\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"1\"><stop stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></linearGradient></defs>",
        (wall * 0.9).css(),
        wall.mix(air, 0.35 * (1.0 - 0.5 * t)).css()
    );
    let lit_share = match stage.light {
        Light::Day => 0.05,
        Light::Golden => 0.24,
        Light::Night => 0.36,
    };
    let middle = stage.shot.hero_x;
    let mut x = -stage.frame.px(20.0);
    while x < stage.frame.w as f32 {
        let wide = stage
            .frame
            .px(stage.rng.range(56.0, 130.0) * (1.0 + 0.4 * t));
        let centred = ((x + wide / 2.0) / stage.frame.w as f32 - middle).abs();
        let dip = if layer == 3 {
            0.45 + 0.9 * smooth(centred * 2.2)
        } else {
            1.0
        };
        let tall = stage
            .frame
            .px((150.0 + 540.0 * stage.rng.unit().powf(1.4)) * (1.0 - 0.22 * t) * dip);
        let top = foot - tall;
        let _ = write!(
            svg,
            "<path fill=\"url(#w)\" d=\"M{x:.1} {:.1}V{top:.1}h{wide:.1}V{:.1}Z\"/>",
            foot + stage.frame.px(90.0),
            foot + stage.frame.px(90.0)
        );
        if stage.rng.chance(0.25) {
            let mast = stage.frame.px(stage.rng.range(30.0, 90.0));
            let _ = write!(
                svg,
                "<path fill=\"{}\" d=\"M{:.1} {top:.1}v-{mast:.1}h{:.1}v{mast:.1}Z\"/>",
                (wall * 0.9).css(),
                x + wide * 0.48,
                stage.frame.px(4.0)
            );
        }
        windows(stage, &mut svg, (x, top, wide, tall), lit_share, t);
        x += wide + stage.frame.px(stage.rng.range(0.0, 14.0));
    }
    lay_svg(canvas, &svg, 1.0, 0.0);
}

fn windows(
    stage: &mut Stage<'_>,
    svg: &mut String,
    (x, top, wide, tall): (f32, f32, f32, f32),
    lit_share: f32,
    t: f32,
) {
    let (cell_w, cell_h) = (
        stage.frame.px(16.0 + 8.0 * t),
        stage.frame.px(22.0 + 10.0 * t),
    );
    let glass = stage.palette.near.mix(stage.palette.sky[0], 0.5);
    let mut lit = String::new();
    let mut dull = String::new();
    let mut row = top + cell_h;
    while row < top + tall - cell_h * 0.5 {
        let mut column = x + cell_w * 0.5;
        while column < x + wide - cell_w {
            let path = if stage.rng.chance(lit_share) {
                &mut lit
            } else {
                &mut dull
            };
            let _ = write!(
                path,
                "M{column:.1} {row:.1}h{:.1}v{:.1}h-{:.1}Z",
                cell_w * 0.55,
                cell_h * 0.55,
                cell_w * 0.55
            );
            column += cell_w;
        }
        row += cell_h;
    }
    let _ = write!(
        svg,
        "<path fill=\"{}\" opacity=\"{:.2}\" d=\"{dull}\"/><path fill=\"#ffe2a0\" opacity=\"{:.2}\" d=\"{lit}\"/>",
        glass.css(),
        0.12 + 0.22 * t,
        0.5 + 0.4 * t
    );
}

/// A wet street giving back the colours above it.
fn street(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let top = stage.horizon() + stage.frame.px(165.0);
    let line = vec![top; stage.frame.w];
    let copy = canvas.shrunk(4).blurred(2.0);
    let relief = Relief::new(stage, 70.0);
    fill(
        canvas,
        &line,
        stage.palette.ground,
        stage.frame.px(560.0),
        &relief,
        0.8,
    );
    let reach = stage.frame.px(620.0);
    canvas.paint(top as usize..stage.frame.h, |x, y, colour| {
        let below = y as f32 - top;
        let mirror = copy.near(x as i32 / 4, (top - below * 0.8) as i32 / 4);
        let much = 0.42 * (1.0 - smooth(below / reach));
        *colour = colour.mix(mirror, much);
    });
    let (middle, bottom) = (stage.frame.x(0.5), stage.frame.h as f32);
    let mut svg = String::new();
    for i in 0..5 {
        let (a, b) = (0.16 + 0.2 * i as f32, 0.25 + 0.2 * i as f32);
        let (y0, y1) = (top + (bottom - top) * a * a, top + (bottom - top) * b * b);
        let (h0, h1) = (
            stage.frame.px(3.0 + 14.0 * a),
            stage.frame.px(3.0 + 14.0 * b),
        );
        let _ = write!(
            svg,
            "<path fill=\"#fff4d0\" d=\"M{:.1} {y0:.1}H{:.1}L{:.1} {y1:.1}H{:.1}Z\"/>",
            middle - h0,
            middle + h0,
            middle + h1,
            middle - h1
        );
    }
    lay_svg(canvas, &svg, 0.22, 0.0);
}

pub(super) fn temple(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = sky(stage);
    let relief = Relief::new(stage, 120.0);
    for i in 0..2 {
        let base = stage.horizon() + stage.frame.px(30.0 + 40.0 * i as f32);
        let line = skyline(stage, Form::Rolling, base, 170.0 - 60.0 * i as f32, 420.0);
        let hue = stage.palette.far.mix(stage.palette.near, 0.4 * i as f32);
        let air = stage.palette.sky[3];
        fill(
            &mut canvas,
            &line,
            [hue.mix(air, 0.3), hue.mix(air, 0.5)],
            stage.frame.px(240.0),
            &relief,
            0.9,
        );
    }
    far_columns(stage, &mut canvas);
    beams(stage, &mut canvas, 0.22);
    ground(stage, &mut canvas, 26.0, 1.2);
    paving(stage, &mut canvas);
    near_columns(stage, &mut canvas);
    canvas
}

/// A broken colonnade with its beam, in the distance.
fn far_columns(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let foot = stage.horizon() + stage.frame.px(70.0);
    let stone = stage.palette.ground[0].mix(stage.palette.sky[3], 0.30);
    let tall = stage.frame.px(stage.rng.range(330.0, 430.0));
    let gap = stage.frame.px(118.0);
    let first = stage.frame.x(stage.rng.range(0.02, 0.12));
    let mut standing = Vec::new();
    for i in 0..8 {
        let whole = stage.rng.chance(0.66);
        let high = if whole {
            tall
        } else {
            tall * stage.rng.range(0.25, 0.7)
        };
        column(
            &mut svg,
            first + gap * i as f32,
            foot,
            high,
            stage.frame.px(21.0),
            stone,
            whole,
        );
        standing.push(whole);
    }
    for i in 1..standing.len() {
        if standing[i - 1] && standing[i] {
            let x = first + gap * (i - 1) as f32 - stage.frame.px(34.0);
            let _ = write!(
                svg,
                "<path fill=\"{}\" d=\"M{x:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/>",
                (stone * 0.92).css(),
                foot - tall - stage.frame.px(34.0),
                gap + stage.frame.px(68.0),
                stage.frame.px(34.0),
                gap + stage.frame.px(68.0),
            );
        }
    }
    lay_svg(canvas, &svg, 1.0, stage.frame.px(0.8));
}

fn near_columns(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let mut svg = String::new();
    let stone = stage.palette.ground[0].mix(stage.palette.ground[1], 0.25);
    let foot = stage.horizon() + stage.frame.px(290.0);
    for side in [0.05_f32, 0.95] {
        let whole = stage.rng.chance(0.7);
        let tall = if whole {
            foot * 1.1
        } else {
            foot * stage.rng.range(0.35, 0.6)
        };
        column(
            &mut svg,
            stage.frame.x(side),
            foot,
            tall,
            stage.frame.px(74.0),
            stone,
            whole,
        );
    }
    lay_svg(canvas, &svg, 1.0, stage.frame.px(1.5));
}

/// A fluted column, lit from one side; a broken one ends ragged.
fn column(svg: &mut String, x: f32, foot: f32, tall: f32, half: f32, stone: Rgb, whole: bool) {
    let top = foot - tall;
    let flutes = 6;
    for i in 0..flutes {
        let t = i as f32 / (flutes - 1) as f32;
        let shade = (stone * (1.12 - 0.62 * t)).clamped().css();
        let left = x - half + 2.0 * half * i as f32 / flutes as f32;
        let ragged = if whole {
            0.0
        } else {
            half * [0.1, 0.7, 0.3, 0.9, 0.5, 0.2][i]
        };
        let _ = write!(
            svg,
            "<path fill=\"{shade}\" d=\"M{left:.1} {foot:.1}V{:.1}h{:.1}V{foot:.1}Z\"/>",
            top + ragged,
            2.0 * half / flutes as f32 + 0.6,
        );
    }
    let (pale, dark) = ((stone * 1.06).clamped().css(), (stone * 0.7).css());
    let mut slab = |y: f32, reach: f32, high: f32, fill: &str| {
        let _ = write!(
            svg,
            "<path fill=\"{fill}\" d=\"M{:.1} {y:.1}h{:.1}v{high:.1}h-{:.1}Z\"/>",
            x - reach,
            reach * 2.0,
            reach * 2.0
        );
    };
    slab(foot - half * 0.5, half * 1.3, half * 0.5, &pale);
    slab(foot - half * 0.08, half * 1.3, half * 0.12, &dark);
    if whole {
        slab(top - half * 0.1, half * 1.22, half * 0.36, &pale);
        slab(top - half * 0.46, half * 1.5, half * 0.36, &pale);
        slab(top + half * 0.26, half * 1.0, half * 0.1, &dark);
    }
}

fn paving(stage: &mut Stage<'_>, canvas: &mut Canvas) {
    let top = stage.horizon() + stage.frame.px(120.0);
    let bottom = stage.frame.h as f32;
    let (middle, mut svg) = (stage.frame.x(0.5), String::new());
    for i in 1..7 {
        let t = i as f32 / 7.0;
        let y = top + (bottom - top) * t * t;
        let _ = write!(svg, "<path d=\"M0 {y:.1}H{}\"/>", stage.frame.w);
    }
    for i in -6..=6 {
        let spread = i as f32 * stage.frame.px(120.0);
        let _ = write!(
            svg,
            "<path d=\"M{:.1} {top:.1}L{:.1} {bottom:.1}\"/>",
            middle + spread,
            middle + spread * 3.4
        );
    }
    let lines = format!(
        "<g stroke=\"{}\" stroke-width=\"{:.1}\" fill=\"none\">{svg}</g>",
        (stage.palette.ground[1] * 0.6).css(),
        stage.frame.px(3.0)
    );
    lay_svg(canvas, &lines, 0.22, 0.0);
}
