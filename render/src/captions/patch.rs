//! A caption ready to blend: premultiplied YUV with what to keep of the frame.

use tiny_skia::Pixmap;

use crate::planes::{self, CHROMA_OFFSET, Frame, LUMA_OFFSET};

/// Cropped to its ink, at even coordinates of the frame.
pub(super) struct Patch {
    left: usize,
    top: usize,
    width: usize,
    y: Ink,
    u: Ink,
    v: Ink,
}

/// One plane: colour times coverage, and 255 minus coverage.
#[derive(Default)]
struct Ink {
    colour: Vec<u8>,
    keep: Vec<u8>,
}

impl Patch {
    /// `pixels` whose top left corner lies at (`left`, `top`) of a frame of
    /// `frame_px` (width, height); what lies outside it is cut off.
    pub(super) fn new(pixels: &Pixmap, (left, top): (i32, i32), frame_px: (i32, i32)) -> Self {
        let (width, height) = (pixels.width() as i32, pixels.height() as i32);
        let at = |x: i32, y: i32| -> [f32; 4] {
            let (x, y) = (x - left, y - top);
            if x < 0 || y < 0 || x >= width || y >= height {
                return [0.0; 4];
            }
            let pixel = pixels.pixels()[(y * width + x) as usize];
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()].map(f32::from)
        };
        let inked = |x: i32, y: i32| at(x, y)[3] > 0.0;
        let across = left.max(0)..(left + width).min(frame_px.0);
        let down = top.max(0)..(top + height).min(frame_px.1);
        let rows = down
            .clone()
            .filter(|&y| across.clone().any(|x| inked(x, y)));
        let columns = across
            .clone()
            .filter(|&x| down.clone().any(|y| inked(x, y)));
        let (first_row, last_row) = ends(rows);
        let (first_column, last_column) = ends(columns);
        let mut patch = Self {
            left: first_column as usize,
            top: first_row as usize,
            width: (last_column - first_column) as usize,
            y: Ink::default(),
            u: Ink::default(),
            v: Ink::default(),
        };
        for y in first_row..last_row {
            for x in first_column..last_column {
                let [red, green, blue, alpha] = at(x, y);
                patch
                    .y
                    .push(planes::luma([red, green, blue]), LUMA_OFFSET, alpha);
            }
        }
        for y in (first_row..last_row).step_by(2) {
            for x in (first_column..last_column).step_by(2) {
                let [red, green, blue, alpha] =
                    planes::sited(|column, row| at(x + column as i32 - 1, y + row as i32));
                let (cb, cr) = planes::chroma([red, green, blue]);
                patch.u.push(cb, CHROMA_OFFSET, alpha);
                patch.v.push(cr, CHROMA_OFFSET, alpha);
            }
        }
        patch
    }

    /// Blends onto the patch's own rows of a frame.
    pub(super) fn blend(&self, frame: &mut Frame) {
        let stride = frame.width;
        let planes = frame.planes();
        let half = (self.left / 2, self.top / 2, self.width / 2);
        self.y
            .blend(planes.y, stride, (self.left, self.top, self.width));
        self.u.blend(planes.u, stride / 2, half);
        self.v.blend(planes.v, stride / 2, half);
    }
}

impl Ink {
    /// `alpha` and the premultiplied `value` go from 0 to 255.
    fn push(&mut self, value: f32, offset: f32, alpha: f32) {
        let colour = value + offset * alpha / 255.0;
        self.colour.push(colour.round() as u8);
        self.keep.push(255 - alpha.round() as u8);
    }

    fn blend(&self, plane: &mut [u8], stride: usize, (left, top, width): (usize, usize, usize)) {
        if width == 0 {
            return;
        }
        let lines = plane.chunks_exact_mut(stride).skip(top);
        let inks = self
            .colour
            .chunks_exact(width)
            .zip(self.keep.chunks_exact(width));
        for (line, (colours, keeps)) in lines.zip(inks) {
            let below = line[left..left + width].iter_mut();
            for ((below, colour), keep) in below.zip(colours).zip(keeps) {
                let kept = (u16::from(*below) * u16::from(*keep) + 127) / 255;
                *below = (kept as u8).saturating_add(*colour);
            }
        }
    }
}

/// The even number at or before the first, and the even one after the last.
fn ends(mut inked: impl DoubleEndedIterator<Item = i32>) -> (i32, i32) {
    let first = inked.next().unwrap_or(0);
    let last = inked.next_back().unwrap_or(first);
    ((first & !1).max(0), (last + 2) & !1)
}
