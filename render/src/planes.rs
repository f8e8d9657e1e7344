//! Pixels as H.264 stores them: planar 4:2:0, BT.709, limited range.
//!
//! Chroma is left-sited (H.264's default, ITU-T H.264 annex E, type 0): level
//! with even luma columns, half way between two luma rows.

/// One frame, its Y, U and V planes one after the other, as the encoder reads them.
pub(crate) struct Frame {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bytes: Vec<u8>,
}

/// Mutable views of a frame's three planes.
pub(crate) struct FramePlanes<'a> {
    pub(crate) y: &'a mut [u8],
    pub(crate) u: &'a mut [u8],
    pub(crate) v: &'a mut [u8],
}

impl Frame {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            bytes: vec![0; width * height * 3 / 2],
        }
    }

    pub(crate) fn planes(&mut self) -> FramePlanes<'_> {
        let luma = self.width * self.height;
        let (y, chroma) = self.bytes.split_at_mut(luma);
        let (u, v) = chroma.split_at_mut(luma / 4);
        FramePlanes { y, u, v }
    }

    /// Covers this frame by `weight` / 256 of another of its size.
    pub(crate) fn fade_to(&mut self, other: &Self, weight: u16) {
        for (below, above) in self.bytes.iter_mut().zip(&other.bytes) {
            let mixed = u16::from(*below) * (256 - weight) + u16::from(*above) * weight;
            *below = ((mixed + 128) >> 8) as u8;
        }
    }
}

/// What black is in luma, and what grey is in both chroma planes.
pub(crate) const LUMA_OFFSET: f32 = 16.0;
pub(crate) const CHROMA_OFFSET: f32 = 128.0;

/// BT.709 (ITU-R BT.709-6, section 3): shares of red and blue in luma.
const RED: f32 = 0.2126;
const BLUE: f32 = 0.0722;
const GREEN: f32 = 1.0 - RED - BLUE;

/// Limited-range luma of full-range RGB (0 to 255), without its offset.
pub(crate) fn luma([red, green, blue]: [f32; 3]) -> f32 {
    (RED * red + GREEN * green + BLUE * blue) * (219.0 / 255.0)
}

/// Limited-range (Cb, Cr) of full-range RGB, without their offset.
pub(crate) fn chroma(rgb: [f32; 3]) -> (f32, f32) {
    let light = RED * rgb[0] + GREEN * rgb[1] + BLUE * rgb[2];
    let scale = 224.0 / 255.0;
    (
        (rgb[2] - light) / (2.0 * (1.0 - BLUE)) * scale,
        (rgb[0] - light) / (2.0 * (1.0 - RED)) * scale,
    )
}

/// Weighs the six pixels around a left-sited chroma sample: columns 1-2-1,
/// rows 1-1. `at(column, row)` answers for columns `2x - 1` to `2x + 1`.
pub(crate) fn sited<const N: usize>(at: impl Fn(usize, usize) -> [f32; N]) -> [f32; N] {
    let mut sum = [0.0; N];
    for (column, weight) in [(0, 0.125), (1, 0.25), (2, 0.125)] {
        for row in 0..2 {
            for (total, value) in sum.iter_mut().zip(at(column, row)) {
                *total += weight * value;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_the_codes_of_bt_709() {
        let code = |rgb| {
            let (cb, cr) = chroma(rgb);
            [
                (luma(rgb) + LUMA_OFFSET).round() as u8,
                (cb + CHROMA_OFFSET).round() as u8,
                (cr + CHROMA_OFFSET).round() as u8,
            ]
        };
        assert_eq!(code([255.0, 255.0, 255.0]), [235, 128, 128]);
        assert_eq!(code([0.0, 0.0, 0.0]), [16, 128, 128]);
        assert_eq!(code([255.0, 0.0, 0.0]), [63, 102, 240]);
        assert_eq!(code([0.0, 0.0, 255.0]), [32, 240, 118]);
    }

    #[test]
    fn a_fade_ends_exactly_on_either_picture() {
        let mut below = Frame::new(64, 64);
        let mut above = Frame::new(64, 64);
        below.bytes.fill(235);
        above.bytes.fill(16);
        below.fade_to(&above, 0);
        assert!(below.bytes.iter().all(|&code| code == 235));
        below.fade_to(&above, 256);
        assert!(below.bytes.iter().all(|&code| code == 16));
    }
}
