//! What stands and hangs along a wall, as vector outlines.

use std::fmt::Write as _;

use crate::brief::Light;
use crate::colour::Rgb;
use crate::stage::Stage;

/// Spines on a shelf.
const BOOKS: [u32; 8] = [
    0x8a3a34, 0x2f5a6a, 0xb8863a, 0x4a6a44, 0x6a3a5e, 0xa85a34, 0x344a7a, 0xc8a878,
];

pub(super) fn wainscot(stage: &Stage<'_>, svg: &mut String) {
    let (top, bottom) = (
        stage.horizon() - stage.frame.px(60.0),
        stage.horizon() + stage.frame.px(160.0),
    );
    let wood = stage.palette.sky[1].mix(stage.palette.ground[0], 0.45);
    let _ = write!(
        svg,
        "<path fill=\"{}\" d=\"M0 {top:.1}H{w}V{bottom:.1}H0Z\"/><path fill=\"{}\" d=\"M0 {top:.1}H{w}v{:.1}H0Z\"/>",
        (wood * 0.8).css(),
        (wood * 1.2).clamped().css(),
        stage.frame.px(14.0),
        w = stage.frame.w,
    );
    let step = stage.frame.px(180.0);
    for i in 0..(stage.frame.w as f32 / step) as usize + 1 {
        let _ = write!(
            svg,
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\" d=\"M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/>",
            (wood * 0.55).css(),
            stage.frame.px(4.0),
            step * i as f32 + step * 0.12,
            top + stage.frame.px(46.0),
            step * 0.76,
            stage.frame.px(130.0),
            step * 0.76,
        );
    }
}

/// A tall arched window showing the time of day.
pub(super) fn window(stage: &mut Stage<'_>, svg: &mut String, centre: f32) {
    let (half, foot) = (
        stage.frame.px(130.0),
        stage.horizon() - stage.frame.px(110.0),
    );
    let top = foot - stage.frame.px(440.0);
    let (high, low) = match stage.light {
        Light::Day => (0x8fd0ff, 0xf4fcff),
        Light::Golden => (0xff9a5a, 0xffe6a8),
        Light::Night => (0x101c4c, 0x5a78c8),
    };
    let (high, low) = (Rgb::hex(high).css(), Rgb::hex(low).css());
    let arch = |grow: f32| {
        format!(
            "M{:.1} {:.1}V{:.1}A{r:.1} {r:.1} 0 0 1 {:.1} {:.1}V{:.1}Z",
            centre - half - grow,
            foot + grow,
            top,
            centre + half + grow,
            top,
            foot + grow,
            r = half + grow,
        )
    };
    let frame = stage.palette.sky[0].mix(stage.palette.ground[0], 0.5);
    let bar = stage.frame.px(9.0);
    let _ = write!(
        svg,
        "<defs><linearGradient id=\"v\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"1\"><stop stop-color=\"{high}\"/><stop offset=\"1\" stop-color=\"{low}\"/></linearGradient></defs><path fill=\"{}\" d=\"{}\"/><path fill=\"url(#v)\" d=\"{}\"/><path stroke=\"{}\" stroke-width=\"{bar:.1}\" d=\"M{centre:.1} {:.1}V{foot:.1}M{:.1} {top:.1}H{:.1}M{:.1} {:.1}H{:.1}\"/>",
        frame.css(),
        arch(stage.frame.px(22.0)),
        arch(0.0),
        frame.css(),
        top - half,
        centre - half,
        centre + half,
        centre - half,
        (top + foot) / 2.0,
        centre + half,
    );
}

pub(super) fn frames(stage: &mut Stage<'_>, svg: &mut String, share: f32) {
    for i in 0..2 {
        let (half_w, half_h) = (
            stage.frame.px(stage.rng.range(70.0, 110.0)),
            stage.frame.px(stage.rng.range(80.0, 120.0)),
        );
        let x = stage.frame.x(share) + stage.frame.px(stage.rng.range(-60.0, 60.0));
        let y = stage.horizon() - stage.frame.px(330.0 + 300.0 * i as f32);
        let hue = stage.palette.sky[3].mix(Rgb::hex(0x3a6a7a), 0.4);
        let _ = write!(
            svg,
            "<path fill=\"#c8963c\" d=\"M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/><path fill=\"{}\" d=\"M{:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/><path fill=\"{}\" d=\"M{:.1} {:.1}l{:.1} -{:.1}l{:.1} {:.1}Z\"/>",
            x - half_w,
            y - half_h,
            half_w * 2.0,
            half_h * 2.0,
            half_w * 2.0,
            hue.css(),
            x - half_w * 0.84,
            y - half_h * 0.84,
            half_w * 1.68,
            half_h * 1.68,
            half_w * 1.68,
            (hue * 0.6).css(),
            x - half_w * 0.84,
            y + half_h * 0.84,
            half_w * 0.84,
            half_h,
            half_w * 0.84,
            half_h,
        );
    }
}

pub(super) fn shelf(stage: &mut Stage<'_>, svg: &mut String, x: f32, wide: f32, bottom: f32) {
    let wood = stage.palette.ground[0];
    let post = stage.frame.px(16.0);
    let _ = write!(
        svg,
        "<path fill=\"{}\" d=\"M{x:.1} 0h{wide:.1}V{bottom:.1}h-{wide:.1}Z\"/>",
        (wood * 0.34).css()
    );
    let step = stage.frame.px(172.0);
    let mut foot = bottom - stage.frame.px(20.0);
    while foot > 0.0 {
        let mut at = x + post;
        while at < x + wide - post * 1.6 {
            let thick = stage.frame.px(stage.rng.range(15.0, 36.0));
            let tall = step * stage.rng.range(0.56, 0.84);
            let hue = Rgb::hex(*stage.rng.pick(&BOOKS))
                .times(Rgb([0.8; 3]))
                .mix(stage.palette.sky[2], 0.15);
            if stage.rng.chance(0.93) {
                let _ = write!(
                    svg,
                    "<path fill=\"{}\" d=\"M{at:.1} {foot:.1}v-{tall:.1}h{:.1}v{tall:.1}Z\"/><path fill=\"#f0d8a0\" opacity=\".45\" d=\"M{at:.1} {:.1}h{:.1}v{:.1}h-{:.1}Z\"/>",
                    hue.css(),
                    thick * 0.92,
                    foot - tall * 0.78,
                    thick * 0.92,
                    tall * 0.06,
                    thick * 0.92,
                );
            }
            at += thick;
        }
        let _ = write!(
            svg,
            "<path fill=\"{}\" d=\"M{x:.1} {foot:.1}h{wide:.1}v{:.1}h-{wide:.1}Z\"/>",
            (wood * 0.85).css(),
            stage.frame.px(17.0)
        );
        foot -= step;
    }
    for side in [x, x + wide - post] {
        let _ = write!(
            svg,
            "<path fill=\"{}\" d=\"M{side:.1} 0h{post:.1}V{bottom:.1}h-{post:.1}Z\"/>",
            wood.css()
        );
    }
}

pub(super) fn panels(stage: &Stage<'_>, svg: &mut String) {
    let step = stage.frame.px(270.0);
    let seam = (stage.palette.sky[0] * 0.8).css();
    for i in 0..5 {
        let _ = write!(
            svg,
            "<path stroke=\"{seam}\" stroke-opacity=\".6\" stroke-width=\"{:.1}\" d=\"M{:.1} 0V{:.1}\"/>",
            stage.frame.px(4.0),
            step * i as f32 + stage.frame.px(20.0),
            stage.horizon() + stage.frame.px(150.0),
        );
    }
    for i in 0..2 {
        let x = stage.frame.x(0.12 + 0.46 * i as f32);
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{r:.1}\" fill=\"#f4ffff\"/>",
            stage.frame.px(36.0),
            stage.frame.x(0.30),
            stage.frame.px(20.0),
            r = stage.frame.px(10.0),
        );
    }
}

/// Wall displays with a trace each.
pub(super) fn screens(stage: &mut Stage<'_>, svg: &mut String) {
    let hues = ["#5affc8", "#ffd05a", "#6ad0ff", "#ff7aa8"];
    for (i, share) in [0.05_f32, 0.64].into_iter().enumerate() {
        let (x, y) = (
            stage.frame.x(share),
            stage.horizon() - stage.frame.px(820.0 + 40.0 * i as f32),
        );
        let (wide, tall) = (stage.frame.px(330.0), stage.frame.px(230.0));
        let hue = *stage.rng.pick(&hues);
        let mut trace = format!("M{:.1} {:.1}", x + wide * 0.08, y + tall * 0.55);
        for k in 1..=14 {
            let jump = stage.rng.range(-0.28, 0.28) * if k % 4 == 0 { 1.0 } else { 0.3 };
            let _ = write!(
                trace,
                "L{:.1} {:.1}",
                x + wide * (0.08 + 0.06 * k as f32),
                y + tall * (0.55 + jump)
            );
        }
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{tall:.1}\" rx=\"{r:.1}\" fill=\"#0c2433\" stroke=\"#cfeef2\" stroke-width=\"{b:.1}\"/><path d=\"{trace}\" fill=\"none\" stroke=\"{hue}\" stroke-width=\"{b:.1}\" stroke-linejoin=\"round\"/>",
            r = stage.frame.px(18.0),
            b = stage.frame.px(6.0),
        );
    }
}

/// A shelf of coloured flasks.
pub(super) fn glassware(stage: &mut Stage<'_>, svg: &mut String) {
    let hues = [0x5ae0b0, 0xff8a6a, 0x7ab8ff, 0xffd45a, 0xd88aff];
    let foot = stage.horizon() - stage.frame.px(330.0);
    let _ = write!(
        svg,
        "<path fill=\"#e8f8fa\" d=\"M0 {foot:.1}H{w}v{:.1}H0Z\"/><path fill=\"#123a4c\" opacity=\".35\" d=\"M0 {:.1}H{w}v{:.1}H0Z\"/>",
        stage.frame.px(16.0),
        foot + stage.frame.px(16.0),
        stage.frame.px(14.0),
        w = stage.frame.w,
    );
    let mut x = stage.frame.px(60.0);
    while x < stage.frame.w as f32 {
        let half = stage.frame.px(stage.rng.range(30.0, 58.0));
        let tall = half * stage.rng.range(2.2, 3.2);
        let liquid = Rgb::hex(*stage.rng.pick(&hues)).css();
        let neck = half * 0.32;
        let _ = write!(
            svg,
            "<path fill=\"#f4ffff\" opacity=\".45\" d=\"M{:.1} {foot:.1}L{:.1} {n:.1}V{t:.1}H{:.1}V{n:.1}L{:.1} {foot:.1}Z\"/><path fill=\"{liquid}\" opacity=\".9\" d=\"M{:.1} {foot:.1}L{:.1} {m:.1}H{:.1}L{:.1} {foot:.1}Z\"/>",
            x - half,
            x - neck,
            x + neck,
            x + half,
            x - half * 0.94,
            x - half * 0.62,
            x + half * 0.62,
            x + half * 0.94,
            n = foot - tall * 0.6,
            t = foot - tall,
            m = foot - tall * 0.34,
        );
        x += half * 2.0 + stage.frame.px(stage.rng.range(30.0, 110.0));
    }
}
