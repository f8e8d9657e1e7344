//! Reads a window of a plane at sub-pixel precision.
//!
//! Separable Catmull-Rom with 14-bit weights. Planes are stored by columns, so
//! filtering along a row is the same sum over whole columns for sixty-four
//! rows at once, which compilers turn into vector code; a small block is then
//! turned over and filtered down the rows the same way. No gathers, and the
//! same result on every processor, since all of it is integer arithmetic.

/// Pixels repeated around a plane, so that no tap falls outside.
const MARGIN: usize = 4;
/// Rows filtered together, and columns turned over together.
const ROWS: usize = 64;
const COLUMNS: usize = 16;
/// A weight of one.
const ONE: f64 = 16384.0;

/// An 8-bit plane stored by columns, with its edge pixels repeated outwards.
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    stride: usize,
    samples: Vec<u8>,
}

impl Plane {
    /// Fills a plane from `at(x, y)`.
    pub(crate) fn from_fn(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Self {
        let stride = height + 2 * MARGIN;
        // Blocks of `ROWS` may read past the last column; what they find there is not used.
        let mut samples = vec![0; stride * (width + 2 * MARGIN) + ROWS];
        for column in 0..width + 2 * MARGIN {
            let x = column.saturating_sub(MARGIN).min(width - 1);
            for row in 0..stride {
                let y = row.saturating_sub(MARGIN).min(height - 1);
                samples[column * stride + row] = at(x, y);
            }
        }
        Self {
            width,
            height,
            stride,
            samples,
        }
    }

    /// Sixty-four rows of a column, both counted with the margin.
    fn block(&self, column: usize, row: usize) -> &[u8; ROWS] {
        let start = column * self.stride + row;
        self.samples[start..start + ROWS]
            .try_into()
            .expect("the slice has that length")
    }
}

/// Sample positions along one axis: the first, and the step to the next, in
/// pixel indices of the plane (0 is the middle of the first pixel).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) first: f64,
    pub(crate) step: f64,
}

/// Buffers kept from one call to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    across: Vec<Tap>,
    down: Vec<Tap>,
    strip: Vec<[i16; ROWS]>,
}

#[derive(Clone, Copy)]
struct Tap {
    /// Index of the first of four pixels, margin included.
    start: usize,
    weights: [i16; 4],
}

/// Fills `target` (rows of `width` samples) with the plane seen at the
/// crossings of two axes, which must lie within the plane.
pub(crate) fn resample(
    plane: &Plane,
    across: Axis,
    down: Axis,
    target: &mut [u8],
    width: usize,
    scratch: &mut Scratch,
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has just said that it knows AVX2.
        return unsafe { resample_avx2(plane, across, down, target, width, scratch) };
    }
    resample_portable(plane, across, down, target, width, scratch);
}

/// The same code, compiled for wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn resample_avx2(
    plane: &Plane,
    across: Axis,
    down: Axis,
    target: &mut [u8],
    width: usize,
    scratch: &mut Scratch,
) {
    resample_portable(plane, across, down, target, width, scratch);
}

#[inline(always)]
fn resample_portable(
    plane: &Plane,
    across: Axis,
    down: Axis,
    target: &mut [u8],
    width: usize,
    scratch: &mut Scratch,
) {
    let height = target.len() / width;
    fill_taps(&mut scratch.across, across, width, plane.width);
    fill_taps(&mut scratch.down, down, height, plane.height);
    scratch
        .strip
        .resize(width.next_multiple_of(COLUMNS), [0; ROWS]);
    let mut top = 0;
    while top < height {
        let first_row = scratch.down[top].start;
        let rows = scratch.down[top..]
            .iter()
            .take_while(|tap| tap.start + 4 <= first_row + ROWS)
            .count();
        for (column, tap) in scratch.strip.iter_mut().zip(&scratch.across) {
            filter_across(plane, first_row, *tap, column);
        }
        let band = &mut target[top * width..(top + rows) * width];
        let taps = &scratch.down[top..top + rows];
        for (index, columns) in scratch.strip.as_chunks::<COLUMNS>().0.iter().enumerate() {
            let turned = turn(columns);
            for (line, tap) in band.chunks_exact_mut(width).zip(taps) {
                let filtered = filter_down(&turned, tap.start - first_row, tap.weights);
                let left = index * COLUMNS;
                let visible = COLUMNS.min(width - left);
                line[left..left + visible].copy_from_slice(&filtered[..visible]);
            }
        }
        top += rows;
    }
}

/// Filters along rows: 8-bit samples become signed with 5 bits of fraction.
/// Each product loses half a unit on average, hence the 2.
#[inline(always)]
fn filter_across(plane: &Plane, row: usize, tap: Tap, out: &mut [i16; ROWS]) {
    let blocks: [&[u8; ROWS]; 4] = std::array::from_fn(|i| plane.block(tap.start + i, row));
    for (index, value) in out.iter_mut().enumerate() {
        let mut sum = 2i16;
        for (block, weight) in blocks.iter().zip(tap.weights) {
            sum = high_product(i16::from(block[index]) << 7, weight).wrapping_add(sum);
        }
        *value = sum;
    }
}

/// Filters down rows: 5 bits of fraction become 4, then none.
#[inline(always)]
fn filter_down(rows: &[[i16; COLUMNS]; ROWS], start: usize, weights: [i16; 4]) -> [u8; COLUMNS] {
    let mut sums = [2 + 8; COLUMNS];
    for (row, weight) in rows[start..start + 4].iter().zip(weights) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum = high_product(value << 1, weight).wrapping_add(*sum);
        }
    }
    sums.map(|sum: i16| (sum >> 4).clamp(0, 255) as u8)
}

/// The upper half of a 32-bit product: one instruction on most processors. It
/// cannot overflow, nor can the sums of four; saying so keeps the vectors in
/// builds that check every sum.
#[inline(always)]
fn high_product(value: i16, weight: i16) -> i16 {
    (i32::from(value).wrapping_mul(i32::from(weight)) >> 16) as i16
}

#[inline(always)]
fn turn(columns: &[[i16; ROWS]; COLUMNS]) -> [[i16; COLUMNS]; ROWS] {
    let mut rows = [[0; COLUMNS]; ROWS];
    for (index, row) in rows.iter_mut().enumerate() {
        for (value, column) in row.iter_mut().zip(columns) {
            *value = column[index];
        }
    }
    rows
}

fn fill_taps(taps: &mut Vec<Tap>, axis: Axis, count: usize, length: usize) {
    taps.clear();
    taps.extend((0..count).map(|index| {
        let position = axis.first + axis.step * index as f64;
        let position = position.clamp(-1.0, length as f64);
        let whole = position.floor();
        Tap {
            start: (whole + MARGIN as f64 - 1.0) as usize,
            weights: catmull_rom(position - whole),
        }
    }));
}

/// Weights of the pixels at -1, 0, 1 and 2 for a point between 0 and 1; their
/// sum is exactly one, so flat areas stay flat.
fn catmull_rom(t: f64) -> [i16; 4] {
    let (t2, t3) = (t * t, t * t * t);
    let exact = [
        -0.5 * t3 + t2 - 0.5 * t,
        1.5 * t3 - 2.5 * t2 + 1.0,
        -1.5 * t3 + 2.0 * t2 + 0.5 * t,
        0.5 * t3 - 0.5 * t2,
    ];
    let mut weights = exact.map(|weight| (weight * ONE).round() as i16);
    let nearest = if t < 0.5 { 1 } else { 2 };
    weights[nearest] += ONE as i16 - weights.iter().sum::<i16>();
    weights
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn flat_planes_stay_flat_and_whole_steps_copy(level: u8, width in 1usize..90, height in 1usize..150) {
            let plane = Plane::from_fn(width, height, |_, _| level);
            let axis = |length: usize| Axis { first: -0.4, step: (length as f64 - 0.2) / length as f64 };
            let mut target = vec![0; width * height];
            resample(&plane, axis(width), axis(height), &mut target, width, &mut Scratch::default());
            prop_assert!(target.iter().all(|&sample| sample == level));

            let plane = Plane::from_fn(width, height, |x, y| (x * 7 + y * 13) as u8);
            let copy = Axis { first: 0.0, step: 1.0 };
            resample(&plane, copy, copy, &mut target, width, &mut Scratch::default());
            for (index, &sample) in target.iter().enumerate() {
                prop_assert_eq!(sample, ((index % width) * 7 + (index / width) * 13) as u8);
            }
        }

        #[test]
        fn both_builds_of_the_code_agree(seed: u64, first in 0.0f64..3.0, step in 0.5f64..1.2) {
            let plane = Plane::from_fn(200, 200, |x, y| (seed.rotate_left((x * 31 + y * 17) as u32 % 64) >> 8) as u8);
            let axis = Axis { first, step };
            let (mut one, mut two) = (vec![0; 150 * 150], vec![0; 150 * 150]);
            resample(&plane, axis, axis, &mut one, 150, &mut Scratch::default());
            resample_portable(&plane, axis, axis, &mut two, 150, &mut Scratch::default());
            prop_assert_eq!(one, two);
        }
    }

    /// A wave's phase tells where it lies to a thousandth of a pixel; whole-pixel
    /// rounding would show as errors of up to half a pixel. The wave is slanted,
    /// so that 8-bit rounding falls differently in each row and averages out.
    #[test]
    fn a_slow_pan_moves_by_equal_parts_of_a_pixel() {
        const WIDTH: usize = 240;
        const PERIOD: f64 = 24.0;
        const SLANT: f64 = 0.37;
        let phase = |x: f64, y: f64| std::f64::consts::TAU / PERIOD * (x + SLANT * y);
        let plane = Plane::from_fn(400, ROWS, |x, y| {
            (128.0 + 90.0 * phase(x as f64, y as f64).sin()).round() as u8
        });
        let down = Axis {
            first: 0.0,
            step: 1.0,
        };
        let errors: Vec<f64> = (0..60)
            .map(|frame| {
                let first = 30.0 + f64::from(frame) * 0.137;
                let across = Axis { first, step: 1.0 };
                let mut seen = vec![0; WIDTH * ROWS];
                resample(
                    &plane,
                    across,
                    down,
                    &mut seen,
                    WIDTH,
                    &mut Scratch::default(),
                );
                let (mut sine, mut cosine) = (0.0, 0.0);
                for (index, &sample) in seen.iter().enumerate() {
                    let at = phase((index % WIDTH) as f64, (index / WIDTH) as f64);
                    sine += f64::from(sample) * at.sin();
                    cosine += f64::from(sample) * at.cos();
                }
                let measured = cosine.atan2(sine) / std::f64::consts::TAU * PERIOD;
                (measured - first + PERIOD / 2.0).rem_euclid(PERIOD) - PERIOD / 2.0
            })
            .collect();
        let steps = errors.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
        let jitter_px = (steps.sum::<f64>() / 59.0).sqrt();
        assert!(jitter_px < 0.005, "jitter of {jitter_px} px");
        println!("jitter of {jitter_px:.5} px");
    }
}
