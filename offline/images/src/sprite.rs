//! Drawings turned into pixels with transparency.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::art::Art;
use crate::colour::Rgb;
use crate::grid::{Canvas, Grid, Plane};

/// A cut-out: colour is premultiplied by `alpha`, both the same size.
#[derive(Clone, Debug)]
pub(crate) struct Sprite {
    pub(crate) colour: Canvas,
    pub(crate) alpha: Plane,
}

impl Sprite {
    /// The drawing, its longer side `size` pixels, turned by `degrees`, cut to
    /// what is visible. `None` for a drawing without a visible pixel.
    pub(crate) fn of(art: &Art, flat: bool, size: f32, degrees: f32) -> Option<Self> {
        let tree = Tree::from_str(&art.svg(flat)?, &Options::default()).ok()?;
        let side = size.max(4.0);
        let scale = side / tree.size().width().max(tree.size().height());
        let (w, h) = (tree.size().width() * scale, tree.size().height() * scale);
        let room = if degrees == 0.0 { 1.0 } else { 1.25 };
        let (out_w, out_h) = ((w * room).ceil(), (h * room).ceil());
        let place = Transform::from_scale(scale, scale)
            .post_translate(-w / 2.0, -h / 2.0)
            .post_rotate(degrees)
            .post_translate(out_w / 2.0, out_h / 2.0);
        let mut pixels = Pixmap::new(out_w as u32, out_h as u32)?;
        resvg::render(&tree, place, &mut pixels.as_mut());
        Self::cut_out(&pixels)
    }

    pub(crate) fn width(&self) -> usize {
        self.alpha.w
    }

    pub(crate) fn height(&self) -> usize {
        self.alpha.h
    }

    /// Out of focus, with room for the spread.
    pub(crate) fn blurred(&self, sigma: f32) -> Self {
        let pad = (sigma * 2.0) as usize;
        Self {
            colour: padded(&self.colour, pad).blurred(sigma),
            alpha: padded(&self.alpha, pad).blurred(sigma),
        }
    }

    pub(crate) fn mirrored(mut self) -> Self {
        let w = self.width();
        self.colour.v.chunks_mut(w).for_each(<[Rgb]>::reverse);
        self.alpha.v.chunks_mut(w).for_each(<[f32]>::reverse);
        self
    }

    /// Recolours every visible pixel; `f` sees plain colour and the way down, `0..1`.
    pub(crate) fn recoloured(mut self, f: impl Fn(Rgb, f32) -> Rgb) -> Self {
        let (w, h) = (self.width(), self.height());
        for (i, (colour, &alpha)) in self.colour.v.iter_mut().zip(&self.alpha.v).enumerate() {
            if alpha > 0.003 {
                let down = (i / w) as f32 / h as f32;
                *colour = f(*colour * (1.0 / alpha), down).clamped() * alpha;
            }
        }
        self
    }

    fn cut_out(pixels: &Pixmap) -> Option<Self> {
        let (w, h) = (pixels.width() as usize, pixels.height() as usize);
        let seen = |i: usize| pixels.data()[i * 4 + 3] > 12;
        let mut visible = (0..w * h).filter(|&i| seen(i)).peekable();
        visible.peek()?;
        let (mut left, mut right, mut top, mut bottom) = (w, 0, h, 0);
        for i in visible {
            let (x, y) = (i % w, i / w);
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        let size = (right - left + 1, bottom - top + 1);
        Some(Self::from_pixels(pixels, (left, top), size))
    }

    fn from_pixels(pixels: &Pixmap, (left, top): (usize, usize), (w, h): (usize, usize)) -> Self {
        let stride = pixels.width() as usize;
        let at = |x: usize, y: usize| ((y + top) * stride + x + left) * 4;
        let byte = |i: usize| f32::from(pixels.data()[i]) / 255.0;
        Self {
            colour: Grid::build(w, h, |x, y| {
                let i = at(x, y);
                Rgb([byte(i), byte(i + 1), byte(i + 2)])
            }),
            alpha: Grid::build(w, h, |x, y| byte(at(x, y) + 3)),
        }
    }

    fn blurred_in_place(&self, sigma: f32) -> Self {
        Self {
            colour: self.colour.blurred(sigma),
            alpha: self.alpha.blurred(sigma),
        }
    }
}

/// Draws SVG elements over the whole canvas; their coordinates are its pixels.
pub(crate) fn lay_svg(canvas: &mut Canvas, elements: &str, opacity: f32, blur: f32) {
    let (w, h) = (canvas.w, canvas.h);
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\">{elements}</svg>"
    );
    let Ok(tree) = Tree::from_str(&text, &Options::default()) else {
        return;
    };
    let Some(mut pixels) = Pixmap::new(w as u32, h as u32) else {
        return;
    };
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    if blur > 0.0 {
        let layer = Sprite::from_pixels(&pixels, (0, 0), (w, h)).blurred_in_place(blur);
        for ((under, over), alpha) in canvas.v.iter_mut().zip(&layer.colour.v).zip(&layer.alpha.v) {
            *under = *under * (1.0 - alpha * opacity) + *over * opacity;
        }
        return;
    }
    let share = opacity / 255.0;
    for (under, over) in canvas.v.iter_mut().zip(pixels.data().chunks_exact(4)) {
        if over[3] > 0 {
            let over_rgb = Rgb([over[0], over[1], over[2]].map(|c| f32::from(c) * share));
            *under = *under * (1.0 - f32::from(over[3]) * share) + over_rgb;
        }
    }
}

fn padded<T: crate::grid::Value>(grid: &Grid<T>, pad: usize) -> Grid<T> {
    let mut out = Grid::new(grid.w + 2 * pad, grid.h + 2 * pad);
    for (y, row) in grid.v.chunks(grid.w).enumerate() {
        let start = (y + pad) * out.w + pad;
        out.v[start..start + grid.w].copy_from_slice(row);
    }
    out
}
