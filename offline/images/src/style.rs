//! The eight looks a picture can have.

use std::fmt;
use std::str::FromStr;

/// A full-frame look; `Display` and `FromStr` use its kebab-case slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArtStyle {
    /// Soft light, rim light and depth of field, as in an animated feature.
    Pixar3d,
    /// Flat shadows, thin outlines and sunbeams.
    Anime,
    /// A cinematic grade of the same drawings: low-key light, grain, wide lens.
    /// It does not pretend to be a photograph.
    Realistic,
    /// Bleeding edges and granulation on white paper.
    Watercolor,
    /// Heavy ink, halftone dots, a panel frame.
    ComicBook,
    /// Neon edges, rain and a light grid.
    Cyberpunk,
    /// Brush strokes and relief.
    OilPainting,
    /// Plain shapes and few colours.
    FlatVector,
}

/// A slug that names no style.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("art style \"{given}\" is unknown: use one of {}", ArtStyle::slugs())]
pub struct UnknownStyle {
    /// What was asked for.
    pub given: String,
}

impl ArtStyle {
    /// Every style, in the order they are shown to people.
    pub const ALL: [Self; 8] = [
        Self::Pixar3d,
        Self::Anime,
        Self::Realistic,
        Self::Watercolor,
        Self::ComicBook,
        Self::Cyberpunk,
        Self::OilPainting,
        Self::FlatVector,
    ];

    /// The stable name, as stored and as typed on a command line.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Pixar3d => "pixar-3d",
            Self::Anime => "anime",
            Self::Realistic => "realistic",
            Self::Watercolor => "watercolor",
            Self::ComicBook => "comic-book",
            Self::Cyberpunk => "cyberpunk",
            Self::OilPainting => "oil-painting",
            Self::FlatVector => "flat-vector",
        }
    }

    fn slugs() -> String {
        Self::ALL.map(Self::slug).join(", ")
    }
}

impl fmt::Display for ArtStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.slug())
    }
}

impl FromStr for ArtStyle {
    type Err = UnknownStyle;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|style| style.slug() == text)
            .ok_or_else(|| UnknownStyle {
                given: text.chars().take(60).collect(),
            })
    }
}
