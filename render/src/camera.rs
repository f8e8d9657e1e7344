//! Where the camera stands over a picture at each moment.
//!
//! A path joins two windows that both lie inside the picture; every window
//! between them does too, because position is kept as a share of the free
//! room, never in pixels.

use crate::plan::Motion;

/// Zoom of the nearer end of a zoom or push; pans hold `PAN_ZOOM` throughout.
const ZOOM_RANGE: (f64, f64) = (1.10, 1.16);
const PAN_ZOOM: f64 = 1.12;
/// How far the ease slows both ends: 0 is constant speed, 1 stands still there.
const EASE: f64 = 0.6;

/// A part of a picture: shares of its width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) left: f64,
    pub(crate) top: f64,
    /// The same share of width and of height, so shapes are kept.
    pub(crate) size: f64,
}

/// One scene's journey from its first visible moment to its last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Path {
    from: Pose,
    to: Pose,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Pose {
    zoom: f64,
    /// Share of the free room left of and above the window, 0 to 1.
    across: f64,
    down: f64,
}

impl Path {
    pub(crate) fn new(motion: Motion, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let near = dice.between(ZOOM_RANGE.0, ZOOM_RANGE.1);
        let (across, down) = (dice.between(0.35, 0.65), dice.between(0.35, 0.65));
        let pose = |zoom, across, down| Pose { zoom, across, down };
        let wide = pose(1.0, across, down);
        let (from, to) = match motion {
            Motion::ZoomIn => (wide, pose(near, across, down)),
            Motion::ZoomOut => (pose(near, across, down), wide),
            Motion::PanLeft => (pose(PAN_ZOOM, 0.95, down), pose(PAN_ZOOM, 0.05, down)),
            Motion::PanRight => (pose(PAN_ZOOM, 0.05, down), pose(PAN_ZOOM, 0.95, down)),
            Motion::PanUp => (pose(PAN_ZOOM, across, 0.9), pose(PAN_ZOOM, across, 0.1)),
            Motion::PanDown => (pose(PAN_ZOOM, across, 0.1), pose(PAN_ZOOM, across, 0.9)),
            Motion::Push => {
                let side = if dice.between(0.0, 1.0) < 0.5 {
                    0.1
                } else {
                    0.9
                };
                let rise = dice.between(0.05, 0.45);
                (pose(1.03, 0.5, 0.5), pose(near + 0.06, side, rise))
            }
        };
        Self { from, to }
    }

    /// The window at `progress` 0 to 1; zooming looks equally fast throughout.
    pub(crate) fn window(self, progress: f64) -> Window {
        let eased = ease(progress.clamp(0.0, 1.0));
        let mix = |from: f64, to: f64| from + (to - from) * eased;
        let zoom = self.from.zoom * (self.to.zoom / self.from.zoom).powf(eased);
        let size = (1.0 / zoom).min(1.0);
        Window {
            left: (1.0 - size) * mix(self.from.across, self.to.across),
            top: (1.0 - size) * mix(self.from.down, self.to.down),
            size,
        }
    }
}

/// A path for each scene: as its plan says, else chosen so that neighbours
/// move differently.
pub(crate) fn paths(motions: &[Option<Motion>], seed: u64) -> Vec<Path> {
    const CHOICES: [Motion; 7] = [
        Motion::ZoomIn,
        Motion::PanRight,
        Motion::ZoomOut,
        Motion::Push,
        Motion::PanLeft,
        Motion::PanUp,
        Motion::PanDown,
    ];
    let mut dice = Dice(seed);
    let mut previous = None;
    motions
        .iter()
        .enumerate()
        .map(|(scene, wanted)| {
            let next = motions.get(scene + 1).copied().flatten();
            let motion = wanted.unwrap_or_else(|| {
                let free: Vec<Motion> = CHOICES
                    .into_iter()
                    .filter(|&choice| Some(choice) != previous && Some(choice) != next)
                    .collect();
                free[dice.below(free.len())]
            });
            previous = Some(motion);
            Path::new(motion, dice.next())
        })
        .collect()
}

fn ease(t: f64) -> f64 {
    t - EASE * (std::f64::consts::TAU * t).sin() / std::f64::consts::TAU
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.next() >> 11) as f64 / (1u64 << 53) as f64)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn windows_never_leave_the_picture(seed: u64, progress in 0.0f64..=1.0) {
            for path in paths(&[None; 9], seed) {
                let window = path.window(progress);
                prop_assert!(window.left >= 0.0 && window.top >= 0.0);
                prop_assert!(window.left + window.size <= 1.0 + 1e-12);
                prop_assert!(window.top + window.size <= 1.0 + 1e-12);
                prop_assert!(window.size > 0.7);
            }
        }

        #[test]
        fn each_scene_has_a_path_of_its_own(seed: u64) {
            let paths = paths(&[None; 12], seed);
            for (index, path) in paths.iter().enumerate() {
                prop_assert!(!paths[..index].contains(path));
            }
        }

        #[test]
        fn the_camera_never_steps_back(seed: u64) {
            for path in paths(&[None; 7], seed) {
                let sizes: Vec<f64> = (0..=50)
                    .map(|step| path.window(f64::from(step) / 50.0).size)
                    .collect();
                let grows = sizes.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12);
                let shrinks = sizes.windows(2).all(|pair| pair[0] >= pair[1] - 1e-12);
                prop_assert!(grows || shrinks);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_paths() {
        assert_eq!(paths(&[None; 8], 5), paths(&[None; 8], 5));
        assert_ne!(paths(&[None; 8], 5), paths(&[None; 8], 6));
    }
}
