//! How a maker fails, in its caller's words.

use std::time::Duration;

/// One variant for each thing that a caller can do about it.
///
/// Fields named `problem` say what happened, and never hold keys, prompts or
/// tokens: they are shown to users and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Too many calls; the provider may have said how long to wait.
    #[error("the provider limits how often it may be called")]
    RateLimited { retry_after: Option<Duration> },
    /// The key is missing, wrong, or not allowed to do this.
    #[error("the provider does not accept the key")]
    Unauthorized,
    /// The provider will not make this, whoever asks.
    #[error("the provider refused: {reason}")]
    Refused { reason: String },
    /// The request cannot be met as it stands; the user can change it.
    #[error("{field}: {problem}; {remedy}")]
    InvalidInput {
        /// As clients spell it, such as `voice`.
        field: &'static str,
        problem: String,
        /// What to do, as an imperative: `choose "heart"`.
        remedy: String,
    },
    /// It did not answer, or answered that it cannot now.
    #[error("the provider is unavailable: {problem}")]
    Unavailable { problem: String },
    /// It answered, and the answer cannot be used.
    #[error("the provider's answer is unusable: {problem}")]
    Malformed { problem: String },
    /// The caller asked to stop.
    #[error("stopped on request")]
    Cancelled,
}
