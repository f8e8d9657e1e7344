//! Rectangles of values (one channel or colour) and the passes that fit both:
//! blur, resize, sampling, edges.

use std::ops::{Add, Mul, Sub};

use crate::colour::Rgb;

/// What a grid can hold: anything that adds, subtracts and scales.
pub(crate) trait Value:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + Mul<f32, Output = Self>
{
}
impl Value for f32 {}
impl Value for Rgb {}

/// Row by row from the top left.
#[derive(Clone, Debug)]
pub(crate) struct Grid<T> {
    pub(crate) w: usize,
    pub(crate) h: usize,
    pub(crate) v: Vec<T>,
}

pub(crate) type Plane = Grid<f32>;
pub(crate) type Canvas = Grid<Rgb>;

impl<T: Value> Grid<T> {
    pub(crate) fn new(w: usize, h: usize) -> Self {
        let (w, h) = (w.max(1), h.max(1));
        Self {
            w,
            h,
            v: vec![T::default(); w * h],
        }
    }

    pub(crate) fn build(w: usize, h: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut grid = Self::new(w, h);
        grid.paint(0..h, |x, y, value| *value = f(x, y));
        grid
    }

    /// Visits each cell of the given rows; rows outside are ignored.
    pub(crate) fn paint(
        &mut self,
        rows: std::ops::Range<usize>,
        mut f: impl FnMut(usize, usize, &mut T),
    ) {
        let w = self.w;
        for y in rows.start.min(self.h)..rows.end.min(self.h) {
            for (x, value) in self.v[y * w..(y + 1) * w].iter_mut().enumerate() {
                f(x, y, value);
            }
        }
    }

    pub(crate) fn map<U: Value>(&self, f: impl Fn(T) -> U) -> Grid<U> {
        Grid {
            w: self.w,
            h: self.h,
            v: self.v.iter().map(|&value| f(value)).collect(),
        }
    }

    pub(crate) fn get(&self, x: usize, y: usize) -> T {
        self.v[y * self.w + x]
    }

    /// The nearest cell, coordinates outside clamped to the border.
    pub(crate) fn near(&self, x: i32, y: i32) -> T {
        let x = x.clamp(0, self.w as i32 - 1) as usize;
        let y = y.clamp(0, self.h as i32 - 1) as usize;
        self.get(x, y)
    }

    /// Averages `k` by `k` cells into one.
    pub(crate) fn shrunk(&self, k: usize) -> Self {
        if k <= 1 {
            return self.clone();
        }
        let (w, h) = (self.w.div_ceil(k), self.h.div_ceil(k));
        Self::build(w, h, |x, y| {
            let (x1, y1) = (((x + 1) * k).min(self.w), ((y + 1) * k).min(self.h));
            let mut sum = T::default();
            for row in y * k..y1 {
                for &value in &self.v[row * self.w + x * k..row * self.w + x1] {
                    sum = sum + value;
                }
            }
            sum * (1.0 / ((x1 - x * k) * (y1 - y * k)) as f32)
        })
    }

    /// Bilinear resize; cell centres are kept in place.
    pub(crate) fn stretched(&self, w: usize, h: usize) -> Self {
        if (w, h) == (self.w, self.h) {
            return self.clone();
        }
        let columns = taps(self.w, w);
        let rows = taps(self.h, h);
        let mut mixed_row = vec![T::default(); self.w];
        let mut out = Self::new(w, h);
        for (y, &(top, bottom, t)) in rows.iter().enumerate() {
            for (x, cell) in mixed_row.iter_mut().enumerate() {
                let above = self.get(x, top);
                *cell = above + (self.get(x, bottom) - above) * t;
            }
            for (cell, &(left, right, t)) in out.v[y * w..(y + 1) * w].iter_mut().zip(&columns) {
                *cell = mixed_row[left] + (mixed_row[right] - mixed_row[left]) * t;
            }
        }
        out
    }

    /// A near-Gaussian blur; wide ones work on a smaller copy.
    pub(crate) fn blurred(&self, sigma: f32) -> Self {
        if sigma < 0.4 {
            return self.clone();
        }
        let k = ((sigma / 2.5) as usize).clamp(1, 16);
        let mut small = self.shrunk(k);
        let radius = ((sigma / k as f32) * 1.0 + 0.35) as usize;
        let radius = radius.max(1);
        for _ in 0..2 {
            small = small.boxed(radius);
        }
        small.stretched(self.w, self.h)
    }

    /// The mean of the square of side `2 * radius + 1` around each cell.
    pub(crate) fn boxed(&self, radius: usize) -> Self {
        self.box_rows(radius).turned().box_rows(radius).turned()
    }

    fn turned(&self) -> Self {
        let mut out = Self::new(self.h, self.w);
        for tile_y in (0..self.h).step_by(16) {
            for tile_x in (0..self.w).step_by(16) {
                for y in tile_y..(tile_y + 16).min(self.h) {
                    for x in tile_x..(tile_x + 16).min(self.w) {
                        out.v[x * self.h + y] = self.v[y * self.w + x];
                    }
                }
            }
        }
        out
    }

    fn box_rows(&self, radius: usize) -> Self {
        let mut out = Self::new(self.w, self.h);
        let last = self.w - 1;
        let weight = 1.0 / (2 * radius + 1) as f32;
        for (row, into) in self.v.chunks(self.w).zip(out.v.chunks_mut(self.w)) {
            let mut sum = row[0] * (radius + 1) as f32;
            for i in 1..=radius {
                sum = sum + row[i.min(last)];
            }
            for x in 0..self.w {
                into[x] = sum * weight;
                sum = sum + row[(x + radius + 1).min(last)] - row[x.saturating_sub(radius)];
            }
        }
        out
    }
}

impl Plane {
    /// Strength of the Sobel gradient, `0` on flat ground.
    pub(crate) fn edges(&self) -> Self {
        let (w, h) = (self.w, self.h);
        let mut out = Self::new(w, h);
        if w < 3 || h < 3 {
            return out;
        }
        for y in 1..h - 1 {
            let [above, here, below] = [y - 1, y, y + 1].map(|row| &self.v[row * w..(row + 1) * w]);
            let into = &mut out.v[y * w..(y + 1) * w];
            for x in 1..w - 1 {
                let across = above[x + 1] + 2.0 * here[x + 1] + below[x + 1]
                    - above[x - 1]
                    - 2.0 * here[x - 1]
                    - below[x - 1];
                let down = below[x - 1] + 2.0 * below[x] + below[x + 1]
                    - above[x - 1]
                    - 2.0 * above[x]
                    - above[x + 1];
                into[x] = (across * across + down * down).sqrt();
            }
        }
        out
    }
}

impl Canvas {
    pub(crate) fn luma(&self) -> Plane {
        self.map(Rgb::luma)
    }
}

/// For each output cell: the two input cells around it and the way between.
fn taps(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let scale = from as f32 / to as f32;
    (0..to)
        .map(|i| {
            let at = ((i as f32 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f32);
            let left = at as usize;
            (left, (left + 1).min(from - 1), at - left as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot() -> Plane {
        Plane::build(41, 33, |x, y| if (x, y) == (20, 16) { 1.0 } else { 0.0 })
    }

    #[test]
    fn blur_spreads_without_losing_or_adding_light() {
        for sigma in [0.5, 1.0, 2.4] {
            let soft = dot().blurred(sigma);
            let sum: f32 = soft.v.iter().sum();
            assert!((sum - 1.0).abs() < 0.01, "{sigma}: {sum}");
            assert!(soft.get(20, 16) < 1.0 && soft.get(20, 16) >= soft.get(23, 16));
        }
    }

    #[test]
    fn an_even_field_stays_even_through_every_pass() {
        let even = Plane::build(37, 23, |_, _| 0.4);
        let passes = [
            even.blurred(3.0),
            even.shrunk(4),
            even.stretched(90, 11),
            even.boxed(5),
        ];
        for pass in passes {
            assert!(pass.v.iter().all(|v| (v - 0.4).abs() < 1e-4));
        }
        assert!(even.edges().v.iter().all(|&v| v.abs() < 1e-5));
    }
}
