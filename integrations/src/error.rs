//! How a maker fails, in its caller's words.

use std::time::Duration;

use domain::Failure;

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
    /// The account has no money left, or has reached a limit on spending.
    #[error("the account at the provider has no credit left")]
    OutOfCredit,
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
    /// The provider was not asked at all, for a reason of our own.
    #[error("{}", failure.message)]
    NotAsked { failure: Failure },
    /// The caller asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

/// Letters of a provider's reason that are passed on.
const REASON_MAX: usize = 200;

impl ProviderError {
    /// The provider's own reason, cut where it is long.
    pub(crate) fn refused(reason: &str) -> Self {
        let words: Vec<_> = reason.split_whitespace().collect();
        let mut reason = words.join(" ");
        if let Some((end, _)) = reason.char_indices().nth(REASON_MAX) {
            reason.truncate(end);
            reason.push('…');
        }
        Self::Refused { reason }
    }
}
