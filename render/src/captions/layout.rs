//! Sets a phrase in lines: shaped, balanced, and never outside the safe area.

use cosmic_text::{
    Align, Attrs, Buffer, Command, FontSystem, LayoutGlyph, Metrics, Shaping, SwashCache,
    SwashContent, Wrap,
};
use tiny_skia::{Path, PathBuilder, Rect, Transform};

use super::fonts;
use super::phrases::joins;
use super::style::Look;
use crate::plan::Plan;

/// What the platforms' own buttons and text leave free: a block as wide as
/// this around the middle of the frame (the right column of buttons takes
/// 12%), not under the top tenth nor over the bottom 22%.
const SAFE_WIDTH: f32 = 0.76;
const SAFE_TOP: f32 = 0.10;
const SAFE_BOTTOM: f32 = 0.78;
/// Where the middle of a phrase lies when there is room.
const MIDDLE: f32 = 0.66;
const MAX_LINES: usize = 3;
const LINE_HEIGHT: f32 = 1.14;
/// Room around the letters for edge, shadow, panel and chip, in font sizes.
const BLEED: f32 = 0.5;
const SHRINK: f32 = 0.94;
const SMALLEST_PX: f32 = 8.0;
/// Marks the spaces between words, which belong to none.
const NO_WORD: usize = usize::MAX;

/// Keeps fonts and glyphs from phrase to phrase.
pub(super) struct Typesetter {
    fonts: FontSystem,
    glyphs: SwashCache,
    look: Look,
    frame_width: f32,
    frame_height: f32,
}

/// A phrase in its place. Coordinates of words count from (`left`, `top`).
pub(super) struct Layout {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) font_px: f32,
    pub(super) words: Vec<Word>,
}

/// The ink of one word, and the box of each of its parts (one to a line).
#[derive(Default)]
pub(super) struct Word {
    pub(super) outline: Option<Path>,
    pub(super) pictures: Vec<Picture>,
    pub(super) boxes: Vec<Rect>,
}

/// A glyph in colours of its own, such as an emoji: straight RGBA.
pub(super) struct Picture {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) rgba: Vec<u8>,
}

impl Typesetter {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            fonts: fonts::open(&plan.language),
            glyphs: SwashCache::new(),
            look: plan.captions.look(),
            frame_width: plan.width as f32,
            frame_height: plan.height as f32,
        }
    }

    pub(super) fn look(&self) -> &Look {
        &self.look
    }

    pub(super) fn set(&mut self, words: &[String]) -> Layout {
        // Wide films get letters as large as an upright film of their height would.
        let upright_width = self.frame_width.min(self.frame_height);
        let mut font_px = self.look.size * upright_width;
        let bleed = |font_px: f32| (BLEED * font_px).ceil();
        let mut buffer = self.shape(words, font_px);
        loop {
            let room = self.frame_width * SAFE_WIDTH - 2.0 * self.ink_margin(font_px);
            let fits = self.wrap(&mut buffer, room) && buffer.layout_runs().count() <= MAX_LINES;
            if fits || font_px < SMALLEST_PX {
                self.balance(&mut buffer, room);
                break;
            }
            font_px *= SHRINK;
            buffer.set_metrics(metrics(font_px));
        }
        let text_width = buffer.size().0.unwrap_or(0.0);
        let text_height: f32 = buffer.layout_runs().map(|run| run.line_height).sum();
        let margin = bleed(font_px);
        let (safe_top, safe_bottom) = (
            self.frame_height * SAFE_TOP,
            self.frame_height * SAFE_BOTTOM - text_height,
        );
        let top = (self.frame_height * MIDDLE - text_height / 2.0)
            .min(safe_bottom)
            .max(safe_top);
        Layout {
            left: ((self.frame_width - text_width) / 2.0 - margin).round() as i32,
            top: (top - margin).round() as i32,
            width: (text_width + 2.0 * margin).ceil() as u32,
            height: (text_height + 2.0 * margin).ceil() as u32,
            font_px,
            words: self.ink(&buffer, words.len(), margin),
        }
    }

    fn shape(&mut self, words: &[String], font_px: f32) -> Buffer {
        let attributes = fonts::attributes(self.look.weight);
        let mut pieces: Vec<(String, Attrs<'static>)> = Vec::new();
        for (index, word) in words.iter().enumerate() {
            if index > 0 && !joins(&words[index - 1], word) {
                pieces.push((" ".to_owned(), attributes.clone().metadata(NO_WORD)));
            }
            let text = if self.look.capitals {
                word.to_uppercase()
            } else {
                word.clone()
            };
            pieces.push((text, attributes.clone().metadata(index)));
        }
        let mut buffer = Buffer::new(&mut self.fonts, metrics(font_px));
        buffer.set_wrap(Wrap::Word);
        buffer.set_rich_text(
            pieces
                .iter()
                .map(|(text, attributes)| (text.as_str(), attributes.clone())),
            &attributes,
            Shaping::Advanced,
            Some(Align::Center),
        );
        buffer
    }

    /// Breaks lines for a width and says whether each fits it.
    fn wrap(&mut self, buffer: &mut Buffer, width: f32) -> bool {
        buffer.set_size(Some(width), None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer.layout_runs().all(|run| run.line_w <= width)
    }

    /// The narrowest block with as few lines: its lines are the most even.
    fn balance(&mut self, buffer: &mut Buffer, room: f32) {
        self.wrap(buffer, room);
        let lines = buffer.layout_runs().count();
        let (mut narrow, mut wide) = (0.0, room);
        while wide - narrow > 2.0 {
            let width = (narrow + wide) / 2.0;
            if self.wrap(buffer, width) && buffer.layout_runs().count() == lines {
                wide = width;
            } else {
                narrow = width;
            }
        }
        self.wrap(buffer, wide);
    }

    /// How far ink reaches beyond the letters, which must be in the safe area too.
    fn ink_margin(&self, font_px: f32) -> f32 {
        let boxed = self.look.panel.is_some() || self.look.chip.is_some();
        font_px * if boxed { 0.45 } else { self.look.edge + 0.1 }
    }

    fn ink(&mut self, buffer: &Buffer, count: usize, margin: f32) -> Vec<Word> {
        let mut words: Vec<Word> = (0..count).map(|_| Word::default()).collect();
        let mut outlines: Vec<PathBuilder> = (0..count).map(|_| PathBuilder::new()).collect();
        for run in buffer.layout_runs() {
            for glyph in run.glyphs.iter().filter(|glyph| glyph.metadata != NO_WORD) {
                let at = (margin, margin + run.line_y);
                let word = &mut words[glyph.metadata];
                if let Some(picture) = self.picture(glyph, at) {
                    word.pictures.push(picture);
                } else {
                    self.outline(glyph, at, &mut outlines[glyph.metadata]);
                }
            }
            for (index, word) in words.iter_mut().enumerate() {
                let parts = run.glyphs.iter().filter(|glyph| glyph.metadata == index);
                let left = parts.clone().map(|glyph| glyph.x).fold(f32::MAX, f32::min);
                let right = parts
                    .map(|glyph| glyph.x + glyph.w)
                    .fold(f32::MIN, f32::max);
                let (top, bottom) = (run.line_top, run.line_top + run.line_height);
                let shape = Rect::from_ltrb(left, top, right, bottom);
                word.boxes.extend(
                    shape.and_then(|shape| {
                        shape.transform(Transform::from_translate(margin, margin))
                    }),
                );
            }
        }
        for (word, outline) in words.iter_mut().zip(outlines) {
            word.outline = outline.finish();
        }
        words
    }

    fn picture(&mut self, glyph: &LayoutGlyph, at: (f32, f32)) -> Option<Picture> {
        let placed = glyph.physical(at, 1.0);
        let image = self
            .glyphs
            .get_image(&mut self.fonts, placed.cache_key)
            .as_ref()?;
        (image.content == SwashContent::Color).then(|| Picture {
            x: placed.x + image.placement.left,
            y: placed.y - image.placement.top,
            width: image.placement.width,
            height: image.placement.height,
            rgba: image.data.clone(),
        })
    }

    fn outline(&mut self, glyph: &LayoutGlyph, at: (f32, f32), path: &mut PathBuilder) {
        let key = glyph.physical(at, 1.0).cache_key;
        let left = at.0 + glyph.x + glyph.font_size * glyph.x_offset;
        let baseline = at.1 + glyph.y - glyph.font_size * glyph.y_offset;
        let commands = self.glyphs.get_outline_commands(&mut self.fonts, key);
        for command in commands.unwrap_or_default() {
            match *command {
                Command::MoveTo(p) => path.move_to(left + p.x, baseline - p.y),
                Command::LineTo(p) => path.line_to(left + p.x, baseline - p.y),
                Command::QuadTo(c, p) => {
                    path.quad_to(left + c.x, baseline - c.y, left + p.x, baseline - p.y);
                }
                Command::CurveTo(c, d, p) => path.cubic_to(
                    left + c.x,
                    baseline - c.y,
                    left + d.x,
                    baseline - d.y,
                    left + p.x,
                    baseline - p.y,
                ),
                Command::Close => path.close(),
            }
        }
    }
}

fn metrics(font_px: f32) -> Metrics {
    Metrics::relative(font_px, LINE_HEIGHT)
}
