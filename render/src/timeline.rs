//! Which scenes a frame shows, and how strongly each.
//!
//! A fade lies around its cut, half before and half after it, so it takes no
//! time from either scene: speech stays in step with its pictures.

use crate::plan::Plan;

/// Length of a cross-fade; shorter only where a scene is shorter than this.
const FADE_MS: f64 = 300.0;

/// The frame that starts nearest to an instant.
pub(crate) fn frame_at(instant_ms: u64, fps: u32) -> usize {
    let frame = (instant_ms * u64::from(fps) + 500) / 1000;
    usize::try_from(frame).expect("films are a few minutes long")
}

/// When each scene can be seen, fades included, in frames (fractions matter).
pub(crate) struct Timeline {
    spans: Vec<Span>,
}

#[derive(Clone, Copy)]
struct Span {
    fade_in: (f64, f64),
    fade_out: (f64, f64),
}

/// A scene as one frame sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layer {
    pub(crate) scene: usize,
    /// How far along its visible time the scene is, 0 to 1.
    pub(crate) progress: f64,
}

/// One layer, or two of which `over` covers `base` by `weight` / 256.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layers {
    pub(crate) base: Layer,
    pub(crate) over: Option<(Layer, u16)>,
}

impl Timeline {
    pub(crate) fn new(plan: &Plan) -> Self {
        let per_ms = f64::from(plan.fps) / 1000.0;
        let total = plan.total_frames() as f64;
        let mut cuts: Vec<f64> = plan
            .scenes
            .iter()
            .map(|scene| scene.start_ms as f64 * per_ms)
            .collect();
        cuts.push(total);
        let length = |scene: usize| (cuts[scene + 1] - cuts[scene]).max(0.0);
        let last = plan.scenes.len() - 1;
        let half_fade =
            |left: usize| (FADE_MS * per_ms).min(length(left)).min(length(left + 1)) / 2.0;
        let spans = (0..=last)
            .map(|scene| {
                let before = if scene == 0 {
                    0.0
                } else {
                    half_fade(scene - 1)
                };
                let after = if scene == last { 0.0 } else { half_fade(scene) };
                let (start, end) = (cuts[scene], cuts[scene + 1]);
                Span {
                    fade_in: (start - before, start + before),
                    fade_out: (end - after, end + after),
                }
            })
            .collect();
        Self { spans }
    }

    /// What frame number `frame` shows, judged at the middle of its time.
    pub(crate) fn layers(&self, frame: usize) -> Layers {
        let now = frame as f64 + 0.5;
        let current = self
            .spans
            .iter()
            .rposition(|span| span.fade_in.0 < now)
            .unwrap_or(0);
        let span = self.spans[current];
        let layer = |scene: usize| Layer {
            scene,
            progress: self.spans[scene].progress(now),
        };
        if current == 0 || now >= span.fade_in.1 {
            return Layers {
                base: layer(current),
                over: None,
            };
        }
        let (from, to) = span.fade_in;
        let weight = smooth((now - from) / (to - from)) * 256.0;
        Layers {
            base: layer(current - 1),
            over: Some((layer(current), weight.round() as u16)),
        }
    }
}

impl Span {
    fn progress(self, now: f64) -> f64 {
        let (from, to) = (self.fade_in.0, self.fade_out.1);
        ((now - from) / (to - from)).clamp(0.0, 1.0)
    }
}

fn smooth(x: f64) -> f64 {
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::tests::plan_of;

    proptest! {
        #[test]
        fn every_frame_is_covered_by_weights_that_sum_to_one(
            lengths_ms in prop::collection::vec(40u64..4_000, 1..12),
        ) {
            let plan = plan_of(&lengths_ms);
            let timeline = Timeline::new(&plan);
            let (mut base, mut strongest) = (0, 0);
            for frame in 0..plan.total_frames() {
                let layers = timeline.layers(frame);
                prop_assert!((0.0..=1.0).contains(&layers.base.progress));
                prop_assert!(layers.base.scene >= base);
                base = layers.base.scene;
                strongest = base;
                if let Some((over, weight)) = layers.over {
                    prop_assert!(weight <= 256);
                    prop_assert_eq!(over.scene, base + 1);
                    prop_assert!((0.0..=1.0).contains(&over.progress));
                    strongest = if weight > 128 { over.scene } else { base };
                }
            }
            prop_assert_eq!(strongest, lengths_ms.len() - 1);
        }

        #[test]
        fn total_frames_round_the_length(length_ms in 20u64..600_000) {
            let plan = plan_of(&[length_ms]);
            let exact = length_ms as f64 * f64::from(plan.fps) / 1000.0;
            prop_assert!((plan.total_frames() as f64 - exact).abs() <= 0.5);
        }
    }

    #[test]
    fn a_fade_is_half_done_at_its_cut_and_takes_three_tenths_of_a_second() {
        let plan = plan_of(&[2_000, 2_000]);
        let timeline = Timeline::new(&plan);
        let fading: Vec<usize> = (0..plan.total_frames())
            .filter(|&frame| timeline.layers(frame).over.is_some())
            .collect();
        assert_eq!(fading, (56..64).collect::<Vec<_>>());
        let weight = |frame: usize| timeline.layers(frame).over.map(|(_, weight)| weight);
        let (before, after) = (weight(59), weight(60));
        assert!(
            before < Some(128) && after > Some(128),
            "{before:?} {after:?}"
        );
    }
}
