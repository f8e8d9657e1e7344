//! Open country: layered ridges fading into the air, then the ground.

use super::air::{beams, mist, sky as open_sky};
use super::dressing::{
    aurora, cloud_deck, dead_trees, flowers, sand_and_foam, snow_caps, tall_trunks, tombstones,
};
use super::growth::{conifer, leafy};
use super::land::{Form, Relief, fill, ground, skyline, tufts, water};
use crate::brief::{Light, Weather};
use crate::colour::{Rgb, smooth};
use crate::grid::Canvas;
use crate::noise::fbm;
use crate::sprite::lay_svg;
use crate::stage::Stage;

/// What grows along the nearer ridges.
#[derive(Clone, Copy, PartialEq)]
enum Growth {
    Nothing,
    Conifers,
    Leafy,
}

struct Range {
    form: Form,
    /// Height of the farthest ridge and of the nearest, design pixels.
    tall: (f32, f32),
    cell: (f32, f32),
    growth: Growth,
    rough: f32,
}

pub(super) fn meadow(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let hills = Range {
        form: Form::Rolling,
        tall: (240.0, 120.0),
        cell: (420.0, 520.0),
        growth: Growth::Leafy,
        rough: 0.8,
    };
    ridges(stage, &mut canvas, &hills);
    let line = ground(stage, &mut canvas, 90.0, 1.0);
    tufts(stage, &mut canvas, &line, 0.42);
    flowers(stage, &mut canvas, &line);
    canvas
}

pub(super) fn forest(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let woods = Range {
        form: Form::Rolling,
        tall: (260.0, 120.0),
        cell: (420.0, 380.0),
        growth: Growth::Conifers,
        rough: 0.7,
    };
    ridges(stage, &mut canvas, &woods);
    tall_trunks(stage, &mut canvas);
    if stage.light != Light::Night {
        beams(stage, &mut canvas, 0.30);
    }
    let line = ground(stage, &mut canvas, 80.0, 1.1);
    tufts(stage, &mut canvas, &line, 0.46);
    canvas
}

pub(super) fn mountain(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let alps = Range {
        form: Form::Peaks,
        tall: (560.0, 200.0),
        cell: (460.0, 300.0),
        growth: Growth::Nothing,
        rough: 2.4,
    };
    ridges(stage, &mut canvas, &alps);
    let line = ground(stage, &mut canvas, 110.0, 1.6);
    tufts(stage, &mut canvas, &line, 0.3);
    canvas
}

pub(super) fn desert(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let dunes = Range {
        form: Form::Dunes,
        tall: (230.0, 190.0),
        cell: (520.0, 380.0),
        growth: Growth::Nothing,
        rough: 0.5,
    };
    ridges(stage, &mut canvas, &dunes);
    let line = ground(stage, &mut canvas, 70.0, 0.9);
    if !stage.flat {
        let (w, h) = (stage.frame.w, stage.frame.h);
        let cell = stage.frame.px(260.0);
        let bend = fbm(&mut stage.rng, w, h, cell, 3, 2.0);
        let (size, reach) = (stage.frame.px(9.0), stage.frame.px(500.0));
        canvas.paint(stage.horizon() as usize..h, |x, y, colour| {
            let below = y as f32 - line[x];
            if below > 0.0 {
                let phase =
                    (y as f32 + 320.0 * stage.frame.unit * bend.get(x, y) + x as f32 * 0.12) / size;
                *colour = *colour * (1.0 + phase.sin() * smooth(below / reach) * 0.045);
            }
        });
    }
    canvas
}

pub(super) fn night(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let hills = Range {
        form: Form::Peaks,
        tall: (380.0, 100.0),
        cell: (520.0, 420.0),
        growth: Growth::Conifers,
        rough: 0.8,
    };
    ridges(stage, &mut canvas, &hills);
    let top = stage.horizon() + stage.frame.px(40.0);
    let shore = stage.horizon() + stage.frame.px(150.0);
    water(stage, &mut canvas, top, shore);
    stage.shot.horizon += 0.055;
    let line = ground(stage, &mut canvas, 60.0, 0.9);
    stage.shot.horizon -= 0.055;
    tufts(stage, &mut canvas, &line, 0.4);
    canvas
}

pub(super) fn arctic(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    if stage.light == Light::Night {
        aurora(stage, &mut canvas);
    }
    let sea = stage.horizon() - stage.frame.px(20.0);
    let floes = Range {
        form: Form::Ice,
        tall: (330.0, 220.0),
        cell: (420.0, 330.0),
        growth: Growth::Nothing,
        rough: 1.8,
    };
    ridges(stage, &mut canvas, &floes);
    let shore = sea + stage.frame.px(190.0);
    water(stage, &mut canvas, sea + stage.frame.px(110.0), shore);
    stage.shot.horizon += 0.05;
    let line = ground(stage, &mut canvas, 50.0, 0.8);
    stage.shot.horizon -= 0.05;
    tufts(stage, &mut canvas, &line, 0.10);
    canvas
}

pub(super) fn beach(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let sea = stage.horizon() - stage.frame.px(40.0);
    let island = skyline(
        stage,
        Form::Rolling,
        sea + stage.frame.px(30.0),
        150.0,
        380.0,
    );
    let hill = stage.palette.far.mix(stage.palette.near, 0.35);
    let relief = Relief::new(stage, 120.0);
    fill(
        &mut canvas,
        &island,
        [hill.mix(stage.palette.sky[3], 0.3), hill],
        stage.frame.px(160.0),
        &relief,
        0.8,
    );
    let shore = stage.horizon() + stage.frame.px(240.0);
    water(stage, &mut canvas, sea, shore);
    sand_and_foam(stage, &mut canvas);
    canvas
}

pub(super) fn graveyard(stage: &mut Stage<'_>) -> Canvas {
    let mut canvas = open_sky(stage);
    let woods = Range {
        form: Form::Rolling,
        tall: (220.0, 90.0),
        cell: (420.0, 380.0),
        growth: Growth::Conifers,
        rough: 0.6,
    };
    ridges(stage, &mut canvas, &woods);
    dead_trees(stage, &mut canvas);
    let line = ground(stage, &mut canvas, 90.0, 1.1);
    tufts(stage, &mut canvas, &line, 0.35);
    tombstones(stage, &mut canvas);
    let low = stage.horizon() + stage.frame.px(290.0);
    mist(stage, &mut canvas, low, stage.frame.px(150.0), 0.75);
    canvas
}

pub(super) fn sky(stage: &mut Stage<'_>) -> Canvas {
    let horizon = stage.shot.horizon;
    stage.shot.horizon = 0.78;
    let mut canvas = open_sky(stage);
    stage.shot.horizon = horizon;
    beams(stage, &mut canvas, 0.18);
    for (i, top) in [0.56_f32, 0.66, 0.77].into_iter().enumerate() {
        cloud_deck(stage, &mut canvas, top, i as f32 / 2.0);
    }
    canvas
}

fn ridges(stage: &mut Stage<'_>, canvas: &mut Canvas, range: &Range) {
    let layers = 4;
    let relief = Relief::new(stage, 130.0);
    let air = stage.palette.sky[3];
    for i in 0..layers {
        let t = i as f32 / (layers - 1) as f32;
        let hue = stage.palette.far.mix(stage.palette.near, t.powf(1.2));
        let colours = [
            hue.mix(air, 0.30 * (1.0 - t)),
            hue.mix(air, 0.62 * (1.0 - t) + 0.1),
        ];
        let base = stage.horizon() + stage.frame.px(-70.0 + 62.0 * i as f32);
        let tall = range.tall.0 + (range.tall.1 - range.tall.0) * t;
        let cell = range.cell.0 + (range.cell.1 - range.cell.0) * t;
        let line = skyline(stage, range.form, base, tall, cell);
        if i >= 1 {
            plant(stage, canvas, range.growth, &line, t, colours[0]);
        }
        fill(
            canvas,
            &line,
            colours,
            stage.frame.px(420.0),
            &relief,
            range.rough * (0.5 + 0.5 * t),
        );
        if matches!(range.form, Form::Peaks) && i < 2 {
            snow_caps(stage, canvas, &line);
        }
        if i + 1 < layers {
            let heavy = if stage.brief.weather == Weather::Fog {
                0.7
            } else {
                0.32
            };
            mist(
                stage,
                canvas,
                base + stage.frame.px(40.0),
                stage.frame.px(90.0),
                heavy * (1.0 - 0.4 * t),
            );
        }
    }
}

fn plant(
    stage: &mut Stage<'_>,
    canvas: &mut Canvas,
    growth: Growth,
    line: &[f32],
    t: f32,
    hue: Rgb,
) {
    let mut svg = String::new();
    let count = match growth {
        Growth::Nothing => return,
        Growth::Conifers => 30.0 - 18.0 * t,
        Growth::Leafy => 9.0 - 3.0 * t,
    } as usize;
    let centre = stage.shot.hero_x;
    for _ in 0..count {
        let share = stage.rng.unit();
        if t > 0.9 && (share - centre).abs() < 0.24 {
            continue;
        }
        let x = stage.frame.x(share);
        let foot = line[(x as usize).min(line.len() - 1)] + stage.frame.px(14.0);
        let grown = stage.rng.range(0.75, 1.3);
        match growth {
            Growth::Leafy => {
                let tall = stage.frame.px((90.0 + 130.0 * t) * grown);
                leafy(
                    &mut svg,
                    &mut stage.rng,
                    x,
                    foot,
                    tall,
                    hue.mix(stage.palette.near, 0.35),
                );
            }
            _ => {
                let tall = stage.frame.px((120.0 + 150.0 * t) * grown);
                let tone = (hue * 0.72).mix(stage.palette.near * 0.8, 0.35).css();
                conifer(&mut svg, &mut stage.rng, x, foot, tall, &tone);
            }
        }
    }
    lay_svg(canvas, &svg, 1.0, 0.0);
}
