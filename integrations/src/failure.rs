//! From the errors of outside systems to what is recorded of a failed attempt:
//! the one place that says which are worth another try.

use std::time::Duration;

use domain::{Failure, FailureClass};

use crate::ProviderError;
use crate::media::MediaError;

impl ProviderError {
    /// The failure to record; `provider` is the name of the maker that failed.
    pub fn failure(&self, provider: &str) -> Failure {
        use FailureClass::{Retryable, UserFixable};
        match self {
            Self::RateLimited { retry_after } => Failure {
                retry_after_ms: retry_after.map(whole_ms),
                ..failure(
                    Retryable,
                    "rate-limited",
                    format!(
                        "{provider} limits how often it may be called; wait, or raise the limit"
                    ),
                )
            },
            Self::Unauthorized => failure(
                UserFixable,
                "unauthorized",
                format!("{provider} does not accept its key; correct the key, then retry"),
            ),
            Self::OutOfCredit => failure(
                UserFixable,
                "out-of-credit",
                format!("the account at {provider} has no credit left; add some, then retry"),
            ),
            Self::Refused { reason } => failure(
                UserFixable,
                "refused",
                format!("{provider} refused to make this: {reason}; word it otherwise, then retry"),
            ),
            Self::InvalidInput { field, .. } => {
                failure(UserFixable, format!("invalid-{field}"), self.to_string())
            }
            Self::Unavailable { problem } => failure(
                Retryable,
                "unavailable",
                format!("{provider} is unavailable: {problem}; wait, then retry"),
            ),
            Self::Malformed { problem } => failure(
                Retryable,
                "malformed-answer",
                format!("{provider} gave an unusable answer: {problem}; retry"),
            ),
            Self::NotAsked { failure } => failure.clone(),
            Self::Cancelled => failure(Retryable, "cancelled", self.to_string()),
        }
    }
}

impl MediaError {
    /// The failure to record when media could not be kept or fetched.
    pub fn failure(&self) -> Failure {
        use FailureClass::{Permanent, Retryable, UserFixable};
        let (class, code) = match self {
            Self::NotFound { .. } => (Permanent, "media-missing"),
            Self::Changed { .. } => (Permanent, "media-changed"),
            Self::OutOfRange { .. } | Self::TooLarge { .. } => (Permanent, "media-size"),
            Self::Address { .. } => (UserFixable, "media-address"),
            Self::NoSpace { .. } => (UserFixable, "no-space"),
            Self::NotAllowed { .. } => (UserFixable, "media-not-allowed"),
            Self::Unavailable { .. } => (Retryable, "media-unavailable"),
            Self::Cancelled => (Retryable, "cancelled"),
        };
        failure(class, code, self.to_string())
    }
}

fn failure(class: FailureClass, code: impl Into<String>, message: String) -> Failure {
    Failure {
        class,
        code: code.into(),
        message,
        retry_after_ms: None,
    }
}

fn whole_ms(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_limit_is_tried_again_no_sooner_than_the_provider_says() {
        let error = ProviderError::RateLimited {
            retry_after: Some(Duration::from_secs(7)),
        };
        let failure = error.failure("openai");
        assert_eq!(failure.class, FailureClass::Retryable);
        assert_eq!(failure.retry_after_ms, Some(7_000));
        assert!(failure.message.starts_with("openai limits"), "{failure:?}");
    }

    #[test]
    fn invalid_input_is_the_users_to_mend_and_names_field_and_remedy() {
        let error = ProviderError::InvalidInput {
            field: "voice",
            problem: "\"nova\" is not known".to_owned(),
            remedy: "choose \"heart\"".to_owned(),
        };
        let failure = error.failure("offline");
        assert_eq!(failure.class, FailureClass::UserFixable);
        assert_eq!(failure.code, "invalid-voice");
        assert_eq!(
            failure.message,
            "voice: \"nova\" is not known; choose \"heart\""
        );
    }

    #[test]
    fn a_full_disk_is_the_users_to_mend_and_names_the_place() {
        let error = MediaError::NoSpace {
            place: "/data/media".to_owned(),
        };
        let failure = error.failure();
        assert_eq!(failure.class, FailureClass::UserFixable);
        assert!(failure.message.contains("/data/media"), "{failure:?}");
    }
}
