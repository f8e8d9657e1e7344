//! Captions: which words are on screen, which one is being said, and how they look.
//!
//! A phrase is shown at a time. Its picture changes only when the spoken word
//! does, so it is drawn once then and blended onto the frames in between.

mod fonts;
mod layout;
mod paint;
mod patch;
mod phrases;
mod style;

use std::ops::Range;

use crate::plan::{CaptionWord, Plan};
use crate::planes::Frame;
use crate::timeline::frame_at;
use layout::Typesetter;
use patch::Patch;

pub use fonts::missing_glyphs;
pub use style::CaptionStyle;

/// How long a phrase stays after its last word when nothing follows at once.
const LINGER_MS: u32 = 400;

/// All captions of a film, drawn as they are asked for.
pub(crate) struct Captions {
    cues: Vec<Cue>,
    phrases: Vec<Vec<String>>,
    typesetter: Typesetter,
    drawn: Option<(usize, Patch)>,
}

/// One word being said: the frames for which its phrase looks the same.
#[derive(Debug, PartialEq)]
struct Cue {
    frames: Range<usize>,
    phrase: usize,
    word: usize,
}

impl Captions {
    pub(crate) fn new(plan: &Plan) -> Self {
        let words = readable(&plan.words);
        let phrases = phrases::split(&words);
        let cues = cues(&words, &phrases, plan.fps);
        Self {
            cues,
            phrases: phrases
                .iter()
                .map(|phrase| {
                    words[phrase.clone()]
                        .iter()
                        .map(|word| word.text.clone())
                        .collect()
                })
                .collect(),
            typesetter: Typesetter::new(plan),
            drawn: None,
        }
    }

    /// Blends what is being said at frame number `number` onto it.
    pub(crate) fn draw(&mut self, number: usize, frame: &mut Frame) {
        let index = self.cues.partition_point(|cue| cue.frames.end <= number);
        let Some(cue) = self.cues.get(index) else {
            return;
        };
        if !cue.frames.contains(&number) {
            return;
        }
        if self.drawn.as_ref().is_none_or(|(drawn, _)| *drawn != index) {
            let layout = self.typesetter.set(&self.phrases[cue.phrase]);
            let frame_px = (frame.width as i32, frame.height as i32);
            let pixels = paint::paint(&layout, self.typesetter.look(), cue.word);
            self.drawn = Some((
                index,
                Patch::new(&pixels, (layout.left, layout.top), frame_px),
            ));
        }
        if let Some((_, patch)) = &self.drawn {
            patch.blend(frame);
        }
    }
}

/// Words that have something to show, without control characters.
fn readable(words: &[CaptionWord]) -> Vec<CaptionWord> {
    words
        .iter()
        .map(|word| CaptionWord {
            text: word
                .text
                .split(|letter: char| letter.is_control() || letter.is_whitespace())
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
            ..*word
        })
        .filter(|word| !word.text.is_empty())
        .collect()
}

fn cues(words: &[CaptionWord], phrases: &[Range<usize>], fps: u32) -> Vec<Cue> {
    let start = |word: &CaptionWord| frame_at(u64::from(word.start_ms), fps);
    let mut cues = Vec::with_capacity(words.len());
    for (phrase, range) in phrases.iter().enumerate() {
        for index in range.clone() {
            let next = words.get(index + 1).map_or(usize::MAX, start);
            let lingers = words[index].end_ms.max(words[index].start_ms) + LINGER_MS;
            let end = if index + 1 < range.end {
                next
            } else {
                next.min(frame_at(u64::from(lingers), fps))
            };
            cues.push(Cue {
                frames: start(&words[index])..end,
                phrase,
                word: index - range.start,
            });
        }
    }
    cues
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn words(texts: &[&str], each_ms: u32) -> Vec<CaptionWord> {
        (0u32..)
            .zip(texts)
            .map(|(index, text)| CaptionWord {
                text: (*text).to_owned(),
                start_ms: index * each_ms,
                end_ms: index * each_ms + each_ms,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn captions_never_overlap_in_time(lengths in prop::collection::vec(0u32..900, 1..40)) {
            let mut start_ms = 0;
            let words: Vec<CaptionWord> = lengths.iter().map(|length| {
                let word = CaptionWord { text: "word".to_owned(), start_ms, end_ms: start_ms + length };
                start_ms += length;
                word
            }).collect();
            let cues = cues(&words, &phrases::split(&words), 30);
            for pair in cues.windows(2) {
                prop_assert!(pair[0].frames.start <= pair[0].frames.end);
                prop_assert!(pair[0].frames.end <= pair[1].frames.start);
            }
        }
    }

    #[test]
    fn a_word_is_current_from_its_first_frame_until_the_next_word() {
        let words = words(&["one", "two."], 500);
        let cues = cues(&words, &phrases::split(&words), 30);
        assert_eq!(cues[0].frames, 0..15);
        assert_eq!(cues[1].frames, 15..42);
    }

    #[test]
    fn control_characters_and_empty_words_are_not_shown() {
        let words = readable(&words(&["a\u{0}b", "\n", "c\td"], 100));
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["a b", "c d"]);
    }
}
