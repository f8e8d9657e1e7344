//! Puts heroes and props into the scene so that they belong there: light, shadow,
//! depth, reflection of the air.

use std::fmt::Write as _;

use crate::brief::{Setting, Subject};
use crate::colour::{Rgb, smooth, step};
use crate::grid::{Canvas, Plane};
use crate::scenery::glow_at;
use crate::shot::{Mark, flies};
use crate::sprite::{Sprite, lay_svg};
use crate::stage::Stage;

/// What lies on the ground even where heroes float.
const RESTING: [&str; 12] = [
    "coral",
    "crab",
    "lobster",
    "oyster",
    "spiral-shell",
    "rock",
    "treasure-chest",
    "anchor",
    "telescope",
    "satellite-antenna",
    "amphora",
    "snail",
];

/// What an open sky already shows.
const PAINTED: [&str; 6] = [
    "sun",
    "full-moon",
    "crescent-moon",
    "star",
    "sparkles",
    "cloud",
];

/// Drawings of a head alone: they look out from behind something.
const HEADS: [&str; 14] = [
    "fox",
    "wolf",
    "bear",
    "lion",
    "panda",
    "koala",
    "hamster",
    "raccoon",
    "frog",
    "moose",
    "unicorn",
    "polar-bear",
    "pharaoh-mask",
    "roman-helmet",
];

/// How a style wants its cast drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Costume {
    /// The plain drawings instead of the shaded ones.
    pub(crate) flat: bool,
    /// Far props and backdrop out of focus.
    pub(crate) focus: bool,
    /// How rough land and walls look, `0..=1`.
    pub(crate) texture: f32,
    /// `0` full colour, `1` almost a silhouette.
    pub(crate) dusk: f32,
}

/// The finished scene and where its cast is, for outlines and halos.
pub(crate) struct Scene {
    pub(crate) canvas: Canvas,
    /// Coverage by heroes and sharp props.
    pub(crate) mask: Plane,
}

/// Places everybody, back to front.
pub(crate) fn enter(stage: &mut Stage<'_>, canvas: Canvas, costume: Costume) -> Scene {
    let mask = Plane::new(canvas.w, canvas.h);
    let mut scene = Scene { canvas, mask };
    let shot = stage.shot.clone();
    let room = shot.back.len() + shot.front.len() + shot.aloft.len();
    let mut props = spread(&stage.brief.props, room);
    if open_air(stage) {
        props.retain(|prop| !PAINTED.contains(&prop.art.name));
    }
    let (mut resting, other): (Vec<_>, Vec<_>) = props
        .into_iter()
        .partition(|prop| shot.adrift && RESTING.contains(&prop.art.name));
    let (flying, mut standing): (Vec<_>, Vec<_>) = other
        .into_iter()
        .partition(|prop| !shot.adrift && flies(prop.art.name));
    resting.extend(standing.split_off(standing.len().min(shot.back.len())));
    let behind = standing
        .iter()
        .zip(&shot.back)
        .chain(flying.iter().zip(&shot.aloft));
    let before = resting.iter().zip(&shot.front);
    for (subject, mark) in behind {
        scene.place(stage, subject, mark, costume, false);
    }
    halo(stage, &mut scene.canvas, &shot.heroes);
    for mark in &shot.heroes {
        scene.place(stage, &stage.brief.hero, mark, costume, true);
    }
    for (subject, mark) in before {
        scene.place(stage, subject, mark, costume, false);
    }
    scene
}

/// One of each prop first, then more of those that are many, while there is room.
fn spread(props: &[Subject], room: usize) -> Vec<Subject> {
    let more = |n: usize| props.iter().filter(move |prop| prop.count > n);
    (0..3).flat_map(more).copied().take(room).collect()
}

fn halo(stage: &Stage<'_>, canvas: &mut Canvas, heroes: &[Mark]) {
    if stage.flat {
        return;
    }
    let strength = if stage.brief.glowing { 0.75 } else { 0.30 };
    let share = 1.0 / (heroes.len() as f32).sqrt();
    for mark in heroes {
        let size = stage.frame.x(mark.size);
        let at = (
            stage.frame.x(mark.x),
            stage.frame.y(mark.base) - size * 0.45,
        );
        glow_at(
            canvas,
            at,
            size * 0.62,
            stage.palette.light,
            strength * share,
        );
    }
}

impl Scene {
    fn place(
        &mut self,
        stage: &Stage<'_>,
        subject: &Subject,
        mark: &Mark,
        costume: Costume,
        hero: bool,
    ) {
        let size = stage.frame.x(mark.size);
        let Some(sprite) = Sprite::of(subject.art, costume.flat, size, mark.tilt) else {
            return;
        };
        let sprite = if !hero && mark.x > 0.5 {
            sprite.mirrored()
        } else {
            sprite
        };
        let (x, base) = (stage.frame.x(mark.x), stage.frame.y(mark.base));
        if !mark.airborne {
            self.ground_shadow(stage, &sprite, x, base);
        }
        let (drawn, sprite_width) = (sprite.height(), sprite.width() as f32);
        let lit = lighten(stage, sprite, mark, costume, hero);
        let blur = stage.frame.px(mark.blur);
        let lit = if costume.focus && blur > 0.6 {
            lit.blurred(blur)
        } else {
            lit
        };
        let spill = (lit.height() - drawn) as f32 / 2.0;
        self.stamp(&lit, x, base + spill, mark.depth < 0.2);
        if !mark.airborne && HEADS.contains(&subject.art.name) && !hard_floor(stage) {
            self.cover(stage, x, base, sprite_width);
        }
    }

    /// Grass or a heap of the ground's own colour in front of a head.
    fn cover(&mut self, stage: &Stage<'_>, x: f32, base: f32, wide: f32) {
        let [top, bottom] = stage.palette.ground;
        let mut dice = stage.rng.fork("cover");
        let grassy = matches!(
            stage.brief.setting,
            Setting::Forest
                | Setting::Meadow
                | Setting::Night
                | Setting::Mountain
                | Setting::Graveyard
        );
        let mut svg = String::new();
        for i in 0..120 {
            let t = i as f32 / 120.0;
            let along = dice.range(-0.68, 0.68);
            let tone = top
                .mix(bottom, 0.75 - 0.75 * t + dice.range(0.0, 0.2))
                .css();
            let (cx, foot) = (x + along * wide, base + wide * (0.02 + 0.07 * t));
            let fall = 1.0 - (along / 0.68).powi(2) * 0.7;
            if grassy {
                let tall = wide * dice.range(0.09, 0.17) * fall;
                let (half, lean) = (wide * 0.012, wide * dice.range(-0.04, 0.04));
                let _ = write!(
                    svg,
                    "<path fill=\"{tone}\" d=\"M{:.1} {foot:.1}Q{cx:.1} {:.1} {:.1} {:.1}Q{:.1} {:.1} {:.1} {foot:.1}Z\"/>",
                    cx - half,
                    foot - tall * 0.6,
                    cx + lean,
                    foot - tall,
                    cx + half,
                    foot - tall * 0.5,
                    cx + half,
                );
            } else {
                let radius = wide * dice.range(0.05, 0.09) * fall;
                let _ = write!(
                    svg,
                    "<ellipse cx=\"{cx:.1}\" cy=\"{foot:.1}\" rx=\"{:.1}\" ry=\"{radius:.1}\" fill=\"{tone}\"/>",
                    radius * 1.7
                );
            }
        }
        let hidden = (base - wide * 0.05).max(0.0) as usize..(base + 1.0).max(0.0) as usize;
        self.mask.paint(hidden, |column, _, value| {
            if (column as f32 - x).abs() < wide * 0.6 {
                *value = 0.0;
            }
        });
        lay_svg(&mut self.canvas, &svg, 1.0, 0.0);
    }

    fn stamp(&mut self, sprite: &Sprite, x: f32, base: f32, masked: bool) {
        let left = (x - sprite.width() as f32 / 2.0) as i32;
        let top = (base - sprite.height() as f32) as i32;
        for row in 0..sprite.height() {
            let y = top + row as i32;
            if y < 0 || y >= self.canvas.h as i32 {
                continue;
            }
            for column in 0..sprite.width() {
                let x = left + column as i32;
                if x < 0 || x >= self.canvas.w as i32 {
                    continue;
                }
                let from = row * sprite.width() + column;
                let to = y as usize * self.canvas.w + x as usize;
                let alpha = sprite.alpha.v[from];
                self.canvas.v[to] = self.canvas.v[to] * (1.0 - alpha) + sprite.colour.v[from];
                if masked {
                    self.mask.v[to] = self.mask.v[to].max(alpha);
                }
            }
        }
    }

    /// Dark where it meets the ground, a longer soft one away from the light.
    fn ground_shadow(&mut self, stage: &Stage<'_>, sprite: &Sprite, x: f32, base: f32) {
        let half = sprite.width() as f32 * 0.5;
        let away = if stage.sun.0 > x { -1.0 } else { 1.0 };
        let tall = (half * 0.16).max(stage.frame.px(10.0));
        let deep = if stage.flat { 0.25 } else { 0.55 };
        for (shift, wide, high, dark) in [(0.28, 1.35, 1.25, deep * 0.6), (0.04, 0.88, 0.6, deep)] {
            let (cx, cy) = (x + away * half * shift, base - tall * 0.1);
            let (rx, ry) = (half * wide, tall * high);
            let rows = (cy - ry).max(0.0) as usize..(cy + ry).max(0.0) as usize;
            self.canvas.paint(rows, |px, py, colour| {
                let d2 = ((px as f32 - cx) / rx).powi(2) + ((py as f32 - cy) / ry).powi(2);
                if d2 < 1.0 {
                    *colour = *colour * (1.0 - dark * (1.0 - d2) * (1.0 - d2 * 0.5));
                }
            });
        }
    }
}

/// Hard floors, where nothing grows to look out from.
fn hard_floor(stage: &Stage<'_>) -> bool {
    use Setting::{City, Interior, Laboratory, Library};
    matches!(stage.brief.setting, Interior | Library | Laboratory | City)
}

fn open_air(stage: &Stage<'_>) -> bool {
    use Setting::{Interior, Laboratory, Library, Space, Underwater};
    let under_roof = matches!(stage.brief.setting, Interior | Library | Laboratory);
    !under_roof && !matches!(stage.brief.setting, Space | Underwater)
}

/// Tints by the air, darkens towards the ground, catches light on the rim.
fn lighten(stage: &Stage<'_>, sprite: Sprite, mark: &Mark, costume: Costume, hero: bool) -> Sprite {
    let ambient = stage.palette.ambient;
    let air = stage.palette.sky[2];
    let water = stage.brief.setting == Setting::Underwater;
    let (flat, depth, glowing) = (stage.flat, mark.depth, hero && stage.brief.glowing);
    let haze = if water { depth * 0.85 } else { depth * 0.8 };
    let rims = rim(stage, &sprite);
    let mut lit = sprite.recoloured(|colour, down| {
        let tinted = colour.mix(colour.times(ambient), if flat { 0.35 } else { 0.8 });
        let shade = if flat || glowing {
            1.0
        } else {
            1.06 - 0.28 * smooth(down)
        };
        let plain = (tinted * shade).mix(air, haze);
        let dim = Rgb([plain.luma() * 0.12 + 0.015; 3]).mix(plain * 0.24, 0.55);
        let shown = plain.mix(dim, costume.dusk);
        if glowing {
            shown.screen(colour, 0.25)
        } else {
            shown
        }
    });
    if !flat {
        let light = stage.palette.light;
        let strength = 0.8 * (1.0 - depth) + 0.2 * costume.dusk;
        for ((colour, &alpha), &edge) in lit.colour.v.iter_mut().zip(&lit.alpha.v).zip(&rims.v) {
            if edge > 0.01 && alpha > 0.01 {
                let plain = *colour * (1.0 / alpha);
                *colour = plain.screen(light, edge * strength) * alpha;
            }
        }
    }
    lit
}

/// How strongly each pixel faces the light around the edge of a cut-out.
fn rim(stage: &Stage<'_>, sprite: &Sprite) -> Plane {
    let toward = if stage.sun.0 > stage.frame.x(stage.shot.hero_x) {
        1
    } else {
        -1
    };
    let reach = (stage.frame.px(9.0) as i32).max(1);
    let alpha = &sprite.alpha;
    let hard = Plane::build(alpha.w, alpha.h, |x, y| {
        let (nx, ny) = (x as i32 + toward * reach, y as i32 - reach);
        let outside = nx < 0 || ny < 0 || nx >= alpha.w as i32;
        let beyond = if outside { 0.0 } else { alpha.near(nx, ny) };
        (alpha.get(x, y) - beyond).clamp(0.0, 1.0)
    });
    let soft = hard.blurred(stage.frame.px(3.5));
    soft.map(|edge| step(0.08, 0.9, edge))
}

#[cfg(test)]
mod tests;
