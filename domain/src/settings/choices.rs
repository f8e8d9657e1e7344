//! The closed sets a user chooses from.

use crate::InvalidField;
use crate::slug::slug_enum;

slug_enum! {
    /// What kind of channel it is; gives the script its tone and vocabulary.
    Niche, field "niche" {
        Science = "science" "Science",
        Space = "space" "Space",
        History = "history" "History",
        Nature = "nature" "Nature",
        Technology = "technology" "Technology",
        Psychology = "psychology" "Psychology",
        Motivation = "motivation" "Motivation",
        ScaryStories = "scary-stories" "Scary stories",
        Mystery = "mystery" "Mystery",
        Finance = "finance" "Finance",
        Geography = "geography" "Geography",
        Food = "food" "Food",
        Mythology = "mythology" "Mythology",
        Philosophy = "philosophy" "Philosophy",
    }
}

slug_enum! {
    /// How pictures are drawn.
    ArtStyle, field "artStyle" {
        Pixar3d = "pixar-3d" "Pixar 3D",
        Anime = "anime" "Anime",
        Realistic = "realistic" "Realistic",
        Watercolor = "watercolor" "Watercolor",
        ComicBook = "comic-book" "Comic Book",
        Cyberpunk = "cyberpunk" "Cyberpunk",
        OilPainting = "oil-painting" "Oil Painting",
        FlatVector = "flat-vector" "Flat Vector",
    }
}

slug_enum! {
    /// How captions are drawn.
    CaptionStyle, field "captionStyle" {
        BoldOutline = "bold-outline" "Bold outline",
        BoxedWord = "boxed-word" "Boxed word",
        KaraokeFill = "karaoke-fill" "Karaoke fill",
        Minimal = "minimal" "Minimal",
    }
}

slug_enum! {
    /// The language that is spoken, by its BCP 47 tag.
    Language, field "language" {
        English = "en" "English",
        Spanish = "es" "Spanish",
        Portuguese = "pt" "Portuguese",
        French = "fr" "French",
        German = "de" "German",
        Italian = "it" "Italian",
        Hindi = "hi" "Hindi",
        Arabic = "ar" "Arabic",
        Japanese = "ja" "Japanese",
        Chinese = "zh" "Chinese",
    }
}

slug_enum! {
    /// The mood of a bed of music.
    Mood, field "mood" {
        Calm = "calm" "Calm",
        Uplift = "uplift" "Uplifting",
        Mystery = "mystery" "Mysterious",
        Scary = "scary" "Scary",
    }
}

slug_enum! {
    /// How long the film should be, in seconds.
    TargetDuration, field "duration" {
        Thirty = "30" "30 seconds",
        Sixty = "60" "60 seconds",
        Ninety = "90" "90 seconds",
    }
}

impl TargetDuration {
    pub const fn seconds(self) -> u16 {
        match self {
            Self::Thirty => 30,
            Self::Sixty => 60,
            Self::Ninety => 90,
        }
    }

    pub fn from_seconds(seconds: i64) -> Result<Self, InvalidField> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| i64::from(known.seconds()) == seconds)
            .ok_or_else(|| {
                InvalidField::new(
                    "duration",
                    format!("{seconds} seconds is not offered; choose 30, 60 or 90"),
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_read_whatever_their_case_and_separator() {
        assert_eq!("Pixar_3D".parse(), Ok(ArtStyle::Pixar3d));
        assert_eq!("scary stories".parse(), Ok(Niche::ScaryStories));
    }

    #[test]
    fn an_unknown_style_names_the_field_and_what_is_known() {
        let error = "cubism".parse::<ArtStyle>().unwrap_err();
        assert_eq!(error.field, "artStyle");
        assert!(error.problem.contains("\"cubism\" is not known"), "{error}");
        assert!(error.problem.contains("oil-painting"), "{error}");
    }

    #[test]
    fn an_unoffered_duration_names_the_field_and_the_choice() {
        let error = TargetDuration::from_seconds(45).unwrap_err();
        assert_eq!(
            error.to_string(),
            "duration: 45 seconds is not offered; choose 30, 60 or 90"
        );
    }
}
