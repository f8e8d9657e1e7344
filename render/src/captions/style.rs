//! What each caption style looks like. A new style is a new row in `look`.

use cosmic_text::Weight;
use serde::{Deserialize, Serialize};

/// How captions look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaptionStyle {
    /// Large white capitals with a thick black edge; the current word is yellow.
    #[default]
    BoldOutline,
    /// The current word stands on a coloured box.
    BoxedWord,
    /// A dark panel on which words take colour as they are said and keep some of it.
    KaraokeFill,
    /// Smaller and calm: the current word is white, the others grey.
    Minimal,
}

/// Red, green, blue, alpha.
pub(super) type Colour = [u8; 4];

/// Lengths are shares of the font size, but for `size` itself.
pub(super) struct Look {
    pub(super) weight: Weight,
    /// Font size as a share of the film's width.
    pub(super) size: f32,
    pub(super) capitals: bool,
    pub(super) waiting: Colour,
    pub(super) current: Colour,
    pub(super) spoken: Colour,
    pub(super) edge: f32,
    pub(super) edge_colour: Colour,
    /// How far below the letters their shadow lies.
    pub(super) shadow: f32,
    pub(super) shadow_colour: Colour,
    /// Behind the whole phrase.
    pub(super) panel: Option<Colour>,
    /// Behind the current word.
    pub(super) chip: Option<Colour>,
}

const WHITE: Colour = [255, 255, 255, 255];
const BLACK: Colour = [0, 0, 0, 255];
const YELLOW: Colour = [255, 222, 20, 255];
const VIOLET: Colour = [112, 48, 240, 255];
const MINT: Colour = [64, 240, 170, 255];

impl CaptionStyle {
    pub(super) fn look(self) -> Look {
        let plain = Look {
            weight: Weight::BLACK,
            size: 0.086,
            capitals: false,
            waiting: WHITE,
            current: WHITE,
            spoken: WHITE,
            edge: 0.1,
            edge_colour: BLACK,
            shadow: 0.06,
            shadow_colour: [0, 0, 0, 140],
            panel: None,
            chip: None,
        };
        match self {
            Self::BoldOutline => Look {
                capitals: true,
                current: YELLOW,
                edge: 0.13,
                shadow: 0.08,
                ..plain
            },
            Self::BoxedWord => Look {
                size: 0.08,
                chip: Some(VIOLET),
                ..plain
            },
            Self::KaraokeFill => Look {
                size: 0.072,
                current: MINT,
                spoken: [126, 200, 170, 255],
                edge: 0.0,
                shadow: 0.0,
                panel: Some([8, 10, 20, 200]),
                ..plain
            },
            Self::Minimal => Look {
                weight: Weight::SEMIBOLD,
                size: 0.058,
                waiting: [196, 200, 206, 255],
                spoken: [196, 200, 206, 255],
                edge: 0.085,
                edge_colour: [0, 0, 0, 205],
                shadow: 0.05,
                shadow_colour: [0, 0, 0, 120],
                ..plain
            },
        }
    }
}
