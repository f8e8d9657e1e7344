use crate::http::Unreachable;

/// How a sign-in fails: one variant for each thing to do about it.
///
/// Reasons go to the log. None holds a code, a token, a secret or anything
/// about the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The person said no, or the provider did. `reason` is its error code.
    #[error("the provider did not sign anyone in: {reason}; try again")]
    Denied { reason: String },
    /// What came back is not the answer to what was begun, or is too old.
    #[error("the provider's answer cannot be trusted: {reason}; sign in again")]
    Forged { reason: &'static str },
    #[error("the identity provider is unavailable; try again later")]
    Unavailable { source: Unreachable },
    /// The settings do not fit the provider. `reason` says which, and what to do.
    #[error("sign-in is not set up: {reason}")]
    Misconfigured { reason: String },
}

impl IdentityError {
    pub(super) fn forged(reason: &'static str) -> Self {
        Self::Forged { reason }
    }

    pub(super) fn misconfigured(reason: impl Into<String>) -> Self {
        Self::Misconfigured {
            reason: reason.into(),
        }
    }
}

impl From<Unreachable> for IdentityError {
    fn from(source: Unreachable) -> Self {
        Self::Unavailable { source }
    }
}
