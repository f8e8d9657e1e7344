use thiserror::Error;

/// Why a text was not spoken.
#[derive(Debug, Error)]
pub enum SpeechError {
    #[error("text has nothing to speak; write at least one word or number")]
    NothingToSpeak,
    #[error(
        "text is mostly in {script}, from \"{sample}\" on, and the offline voice speaks English only; \
         write it in English or choose an online voice"
    )]
    UnsupportedScript {
        /// Name of the writing system, as people know it.
        script: &'static str,
        /// The first word written in it, shortened.
        sample: String,
    },
    #[error("text has {characters} characters and the limit is {limit}; shorten it")]
    TextTooLong { characters: usize, limit: usize },
    #[error("speed is {given} and must lie between {min} and {max}")]
    Speed { given: f32, min: f32, max: f32 },
    #[error("speaking was cancelled")]
    Cancelled,
    /// The model inside the program is damaged or does not fit this build.
    #[error("the offline voice could not {doing}; build the program again from a clean copy")]
    Model {
        doing: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SpeechError {
    /// For `map_err` around the model's own errors.
    pub(crate) fn model<E: std::error::Error + Send + Sync + 'static>(
        doing: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Model {
            doing,
            source: Box::new(source),
        }
    }
}
