//! The six stages a video goes through, in order.

use crate::slug::slug_enum;

slug_enum! {
    /// A stage of the pipeline.
    Stage, field "stage" {
        /// Topic to script: title, narration, scenes with visual descriptions.
        Script = "script" "Script",
        /// Script to speech, with the time of each word.
        Speech = "speech" "Speech",
        /// Word times to scene times. Decided inline when speech completes.
        Segmentation = "segmentation" "Scenes",
        /// One picture a scene.
        Images = "images" "Images",
        /// Pictures, speech, captions and music to a film.
        Assembly = "assembly" "Assembly",
        /// Film, thumbnail and captions to where people fetch them.
        Upload = "upload" "Upload",
    }
}

impl Stage {
    pub const FIRST: Self = Self::Script;

    /// The stage that becomes due when this one completes; none after the last.
    pub fn next(self) -> Option<Self> {
        let place = Self::ALL.iter().position(|stage| *stage == self)?;
        Self::ALL.get(place + 1).copied()
    }

    /// The name of `generationStage` in the API, where scene segmentation is a
    /// part of `tts`.
    pub fn public_name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Speech | Self::Segmentation => "tts",
            Self::Images => "images",
            Self::Assembly => "assembly",
            Self::Upload => "uploading",
        }
    }
}
