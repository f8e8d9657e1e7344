//! Paints a phrase with one word current: panel, chip, shadow, edges, letters.

use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PremultipliedColorU8,
    Rect, Stroke, Transform,
};

use super::layout::{Layout, Picture};
use super::style::{Colour, Look};

/// The pixels of a phrase, premultiplied, as large as its layout.
pub(super) fn paint(layout: &Layout, look: &Look, current: usize) -> Pixmap {
    let mut canvas = Canvas {
        pixels: Pixmap::new(layout.width.max(2), layout.height.max(2))
            .expect("a phrase is smaller than its frame"),
    };
    let font_px = layout.font_px;
    let words = &layout.words;
    if let Some(colour) = look.panel {
        let all = words
            .iter()
            .flat_map(|word| &word.boxes)
            .copied()
            .reduce(join);
        if let Some(all) = all {
            canvas.rounded(all, font_px * 0.34, font_px * 0.2, font_px * 0.3, colour);
        }
    }
    if let (Some(colour), Some(word)) = (look.chip, words.get(current)) {
        for part in &word.boxes {
            canvas.rounded(*part, font_px * 0.2, 0.0, font_px * 0.2, colour);
        }
    }
    let edge_px = 2.0 * look.edge * font_px;
    for outline in words.iter().filter_map(|word| word.outline.as_ref()) {
        if look.shadow > 0.0 {
            let shift = Transform::from_translate(0.0, look.shadow * font_px);
            canvas.stroke(outline, edge_px, look.shadow_colour, shift);
        }
    }
    for outline in words.iter().filter_map(|word| word.outline.as_ref()) {
        canvas.stroke(outline, edge_px, look.edge_colour, Transform::identity());
    }
    for (index, word) in words.iter().enumerate() {
        let colour = match index.cmp(&current) {
            std::cmp::Ordering::Less => look.spoken,
            std::cmp::Ordering::Equal => look.current,
            std::cmp::Ordering::Greater => look.waiting,
        };
        if let Some(outline) = &word.outline {
            canvas.fill(outline, colour);
        }
        for picture in &word.pictures {
            canvas.picture(picture);
        }
    }
    canvas.pixels
}

struct Canvas {
    pixels: Pixmap,
}

impl Canvas {
    fn fill(&mut self, path: &Path, colour: Colour) {
        let rule = FillRule::Winding;
        self.pixels
            .fill_path(path, &paint_of(colour), rule, Transform::identity(), None);
    }

    fn stroke(&mut self, path: &Path, width: f32, colour: Colour, shift: Transform) {
        if width <= 0.0 {
            return;
        }
        let stroke = Stroke {
            width,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixels
            .stroke_path(path, &paint_of(colour), &stroke, shift, None);
    }

    fn rounded(&mut self, shape: Rect, widen: f32, heighten: f32, radius: f32, colour: Colour) {
        let grown = Rect::from_ltrb(
            shape.left() - widen,
            shape.top() - heighten,
            shape.right() + widen,
            shape.bottom() + heighten,
        );
        if let Some(path) = grown.and_then(|grown| rounded_rect(grown, radius)) {
            self.fill(&path, colour);
        }
    }

    fn picture(&mut self, picture: &Picture) {
        let Some(mut stamp) = Pixmap::new(picture.width, picture.height) else {
            return;
        };
        for (pixel, rgba) in stamp
            .pixels_mut()
            .iter_mut()
            .zip(picture.rgba.as_chunks().0)
        {
            let [red, green, blue, alpha] = *rgba;
            let fade = |value: u8| ((u16::from(value) * u16::from(alpha) + 127) / 255) as u8;
            let faded = [red, green, blue].map(fade);
            *pixel = PremultipliedColorU8::from_rgba(faded[0], faded[1], faded[2], alpha)
                .unwrap_or(PremultipliedColorU8::TRANSPARENT);
        }
        self.pixels.draw_pixmap(
            picture.x,
            picture.y,
            stamp.as_ref(),
            &PixmapPaint::default(),
            Transform::identity(),
            None,
        );
    }
}

fn paint_of([red, green, blue, alpha]: Colour) -> Paint<'static> {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(Color::from_rgba8(red, green, blue, alpha));
    paint
}

fn join(one: Rect, two: Rect) -> Rect {
    Rect::from_ltrb(
        one.left().min(two.left()),
        one.top().min(two.top()),
        one.right().max(two.right()),
        one.bottom().max(two.bottom()),
    )
    .unwrap_or(one)
}

fn rounded_rect(shape: Rect, radius: f32) -> Option<Path> {
    let radius = radius.min(shape.width() / 2.0).min(shape.height() / 2.0);
    let (left, top, right, bottom) = (shape.left(), shape.top(), shape.right(), shape.bottom());
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.quad_to(right, top, right, top + radius);
    path.line_to(right, bottom - radius);
    path.quad_to(right, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.quad_to(left, bottom, left, bottom - radius);
    path.line_to(left, top + radius);
    path.quad_to(left, top, left + radius, top);
    path.close();
    path.finish()
}
