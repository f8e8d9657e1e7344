//! Plants and corals as vector outlines, in pixels of the canvas.

use std::fmt::Write as _;

use crate::colour::Rgb;
use crate::rng::Rng;

/// A conifer standing on `(x, foot)`.
pub(super) fn conifer(svg: &mut String, rng: &mut Rng, x: f32, foot: f32, tall: f32, fill: &str) {
    let tiers = 7;
    let (mut left, mut right) = (String::new(), Vec::new());
    for i in 0..tiers {
        let way = (i + 1) as f32 / tiers as f32;
        let y = foot - tall * (1.0 - way * 0.93);
        let half = tall * 0.21 * (0.16 + 0.84 * way) * rng.range(0.9, 1.12);
        let tuck = tall * 0.035;
        let _ = write!(
            left,
            "L{:.1} {y:.1}L{:.1} {:.1}",
            x - half,
            x - half * 0.42,
            y - tuck
        );
        right.push(format!(
            "L{:.1} {:.1}L{:.1} {y:.1}",
            x + half * 0.42,
            y - tuck,
            x + half
        ));
    }
    right.reverse();
    let _ = write!(
        svg,
        "<path fill=\"{fill}\" d=\"M{x:.1} {:.1}{left}L{x:.1} {:.1}{}Z\"/><path fill=\"{fill}\" d=\"M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/>",
        foot - tall,
        foot - tall * 0.08,
        right.concat(),
        x - tall * 0.018,
        foot - tall * 0.1,
        tall * 0.036,
        tall * 0.12,
        tall * 0.036,
    );
}

/// A round-crowned tree standing on `(x, foot)`, lighter towards the top.
pub(super) fn leafy(svg: &mut String, rng: &mut Rng, x: f32, foot: f32, tall: f32, tone: Rgb) {
    let trunk = tone.mix(Rgb::hex(0x3a2418), 0.7).css();
    let _ = write!(
        svg,
        "<path fill=\"{trunk}\" d=\"M{:.1} {foot:.1}L{:.1} {:.1}H{:.1}L{:.1} {foot:.1}Z\"/>",
        x - tall * 0.045,
        x - tall * 0.02,
        foot - tall * 0.5,
        x + tall * 0.02,
        x + tall * 0.045,
    );
    for layer in 0..3 {
        let fill = tone.mix(Rgb::WHITE, 0.06 * layer as f32) * (0.82 + 0.14 * layer as f32);
        for _ in 0..5 {
            let (dx, dy) = (rng.range(-0.2, 0.2), rng.range(-0.16, 0.16));
            let radius = tall * rng.range(0.13, 0.20) * (1.0 - 0.15 * layer as f32);
            let _ = write!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{}\"/>",
                x + tall * (dx - 0.03 * layer as f32),
                foot - tall * (0.68 + dy + 0.04 * layer as f32),
                fill.clamped().css(),
            );
        }
    }
}

/// Forking strokes: a bare tree, a sea fan, a branching coral.
pub(super) struct Branches {
    pub(super) forks: u32,
    /// Radians between two forks.
    pub(super) spread: f32,
    /// Of a child, as a share of its parent's length.
    pub(super) shorten: f32,
    pub(super) thick: f32,
}

impl Branches {
    pub(super) fn draw(
        &self,
        svg: &mut String,
        rng: &mut Rng,
        foot: (f32, f32),
        tall: f32,
        stroke: &str,
    ) {
        let mut path = String::new();
        self.grow(
            &mut path,
            rng,
            foot,
            -std::f32::consts::FRAC_PI_2,
            tall,
            self.forks,
            tall * self.thick,
        );
        let _ = write!(
            svg,
            "<g fill=\"none\" stroke=\"{stroke}\" stroke-linecap=\"round\" stroke-linejoin=\"round\">{path}</g>"
        );
    }

    #[expect(clippy::too_many_arguments, reason = "one recursive step")]
    fn grow(
        &self,
        path: &mut String,
        rng: &mut Rng,
        (x, y): (f32, f32),
        angle: f32,
        length: f32,
        left: u32,
        thick: f32,
    ) {
        let bend = angle + rng.range(-0.12, 0.12);
        let to = (x + bend.cos() * length * 0.4, y + bend.sin() * length * 0.4);
        let knee = (
            x + angle.cos() * length * 0.2,
            y + angle.sin() * length * 0.2,
        );
        let _ = write!(
            path,
            "<path stroke-width=\"{thick:.1}\" d=\"M{x:.1} {y:.1}Q{:.1} {:.1} {:.1} {:.1}\"/>",
            knee.0, knee.1, to.0, to.1
        );
        if left == 0 {
            return;
        }
        let children = if left > 2 && rng.chance(0.4) { 3 } else { 2 };
        for i in 0..children {
            let lean =
                (i as f32 - (children - 1) as f32 / 2.0) * self.spread + rng.range(-0.12, 0.12);
            let length = length * self.shorten * rng.range(0.85, 1.1);
            self.grow(path, rng, to, bend + lean, length, left - 1, thick * 0.72);
        }
    }
}

/// A ribbon of kelp swaying up from `(x, foot)`.
pub(super) fn kelp(svg: &mut String, rng: &mut Rng, x: f32, foot: f32, tall: f32, fill: &str) {
    let wide = tall * 0.030;
    let sway = tall * rng.range(0.04, 0.09) * rng.sign();
    let parts = 5;
    let at = |i: i32| {
        let t = i as f32 / parts as f32;
        (
            x + sway * (t * 5.5).sin() * t,
            foot - tall * t,
            wide * (1.0 - t * 0.9),
        )
    };
    let mut path = format!("M{:.1} {foot:.1}", x - wide);
    for i in 1..=parts {
        let (cx, y, half) = at(i);
        let (px, py, _) = at(i - 1);
        let _ = write!(
            path,
            "S{:.1} {:.1} {:.1} {y:.1}",
            (px + cx) / 2.0 - half + sway * 0.25,
            (py + y) / 2.0,
            cx - half
        );
    }
    for i in (0..parts).rev() {
        let (cx, y, half) = at(i);
        let (px, py, _) = at(i + 1);
        let _ = write!(
            path,
            "S{:.1} {:.1} {:.1} {y:.1}",
            (px + cx) / 2.0 + half + sway * 0.25,
            (py + y) / 2.0,
            cx + half
        );
    }
    let _ = write!(svg, "<path fill=\"{fill}\" d=\"{path}Z\"/>");
    for i in 1..parts {
        let (cx, y, half) = at(i);
        let side = if i % 2 == 0 { 1.0 } else { -1.0 };
        let leaf = tall * 0.11 * side;
        let _ = write!(
            svg,
            "<path fill=\"{fill}\" d=\"M{cx:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}Q{:.1} {:.1} {cx:.1} {:.1}Z\"/>",
            y + half,
            cx + leaf * 0.5,
            y - half,
            cx + leaf,
            y - leaf.abs() * 0.7,
            cx + leaf * 0.6,
            y + half * 2.0,
            y + half * 3.0,
        );
    }
}
