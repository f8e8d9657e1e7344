use thiserror::Error;

/// Why a request cannot be served; each message names the field and the remedy.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ScriptError {
    #[error("niche `{given}` is not known; use one of {known}")]
    UnknownNiche { given: String, known: String },

    #[error("topic is empty; give a few words to talk about")]
    EmptyTopic,

    #[error("duration of {given_s} s is not offered; use 30, 60 or 90")]
    UnsupportedDuration { given_s: u16 },

    #[error(
        "words per second of {given} is outside {slowest} to {fastest}; change the voice's speed"
    )]
    UnsupportedPace {
        given: f32,
        slowest: f32,
        fastest: f32,
    },
}
