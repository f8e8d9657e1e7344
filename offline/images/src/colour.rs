//! Linear-enough colour arithmetic on sRGB values in `0.0..=1.0`.

use std::ops::{Add, Mul, Sub};

/// Red, green and blue, each `0.0..=1.0` once clamped.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rgb(pub(crate) [f32; 3]);

impl Rgb {
    pub(crate) const WHITE: Self = Self([1.0; 3]);

    /// `0xRRGGBB`.
    pub(crate) const fn hex(code: u32) -> Self {
        Self([
            ((code >> 16) & 255) as f32 / 255.0,
            ((code >> 8) & 255) as f32 / 255.0,
            (code & 255) as f32 / 255.0,
        ])
    }

    /// `#rrggbb`, for drawings.
    pub(crate) fn css(self) -> String {
        let [r, g, b] = self.to_bytes();
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    pub(crate) fn to_bytes(self) -> [u8; 3] {
        self.0.map(|c| (c.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
    }

    pub(crate) fn mix(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }

    /// Adds light the way two projectors do: never past white.
    pub(crate) fn screen(self, light: Self, strength: f32) -> Self {
        self.zip(light * strength, |a, b| {
            1.0 - (1.0 - a) * (1.0 - b.clamp(0.0, 1.0))
        })
    }

    pub(crate) fn times(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    pub(crate) fn luma(self) -> f32 {
        0.299 * self.0[0] + 0.587 * self.0[1] + 0.114 * self.0[2]
    }

    pub(crate) fn saturate(self, by: f32) -> Self {
        let grey = Self([self.luma(); 3]);
        grey.mix(self, by)
    }

    pub(crate) fn contrast(self, by: f32) -> Self {
        self.map(|c| (c - 0.5) * by + 0.5)
    }

    pub(crate) fn clamped(self) -> Self {
        self.map(|c| c.clamp(0.0, 1.0))
    }

    pub(crate) fn map(self, f: impl Fn(f32) -> f32) -> Self {
        Self([f(self.0[0]), f(self.0[1]), f(self.0[2])])
    }

    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let (a, b) = (self.0, other.0);
        Self([f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2])])
    }
}

impl Add for Rgb {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for Rgb {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl Mul<f32> for Rgb {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        self.map(|c| c * by)
    }
}

/// The colour at `t` along evenly spaced `stops`.
pub(crate) fn ramp(stops: &[Rgb], t: f32) -> Rgb {
    let last = stops.len() - 1;
    let at = t.clamp(0.0, 1.0) * last as f32;
    let left = (at as usize).min(last.saturating_sub(1));
    let right = (left + 1).min(last);
    stops[left].mix(stops[right], smooth(at - left as f32))
}

/// Eases `0..1` so that joins do not show.
pub(crate) fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// `0` below `from`, `1` above `to`, eased between; also descending.
pub(crate) fn step(from: f32, to: f32, x: f32) -> f32 {
    smooth((x - from) / (to - from))
}

/// A bell of the given half-width around zero, without calling `exp`.
pub(crate) fn bell(x: f32) -> f32 {
    let t = 1.0 / (1.0 + x * x * 0.5);
    t * t
}
