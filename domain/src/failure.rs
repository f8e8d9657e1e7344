//! Why a stage failed, in words a person can act on.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::slug::slug_enum;

slug_enum! {
    /// What can be done about a failure.
    FailureClass, field "class" {
        /// The same work may succeed later.
        Retryable = "retryable" "Temporary",
        /// It will fail again however often it is tried.
        Permanent = "permanent" "Permanent",
        /// It will succeed once the user has changed something.
        UserFixable = "user-fixable" "Needs you",
    }
}

/// A failure of one attempt at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub class: FailureClass,
    /// Stable and short, for programs: `voice-unavailable`.
    pub code: String,
    /// What happened and what to do, for people.
    pub message: String,
    /// How long the provider asked us to wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// First wait after a failure; doubled for each further one.
const FIRST_BACK_OFF_MS: u64 = 2_000;
const LONGEST_BACK_OFF_MS: u64 = 5 * 60 * 1_000;

/// When to try again after `failures` failed attempts: exponential, with
/// `jitter` (0 to 1) adding up to half again, and never before the provider
/// said.
pub fn retry_at(
    now: DateTime<Utc>,
    failures: u32,
    jitter: f64,
    retry_after_ms: Option<u64>,
) -> DateTime<Utc> {
    let doubled = FIRST_BACK_OFF_MS.saturating_mul(1 << failures.saturating_sub(1).min(20));
    let base = doubled.min(LONGEST_BACK_OFF_MS);
    let jittered = base + (base as f64 * 0.5 * jitter.clamp(0.0, 1.0)) as u64;
    let wait_ms = jittered.max(retry_after_ms.unwrap_or(0));
    now + TimeDelta::milliseconds(i64::try_from(wait_ms).unwrap_or(i64::MAX / 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wait_ms(failures: u32, jitter: f64, retry_after_ms: Option<u64>) -> i64 {
        let now = DateTime::UNIX_EPOCH;
        (retry_at(now, failures, jitter, retry_after_ms) - now).num_milliseconds()
    }

    #[test]
    fn waits_double_and_the_provider_has_the_last_word() {
        assert_eq!(wait_ms(1, 0.0, None), 2_000);
        assert_eq!(wait_ms(2, 0.0, None), 4_000);
        assert_eq!(wait_ms(1, 1.0, None), 3_000);
        assert_eq!(wait_ms(1, 0.0, Some(60_000)), 60_000);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_negative_nor_unbounded(failures: u32, jitter: f64) {
            let wait = wait_ms(failures, jitter, None);
            prop_assert!((2_000..=450_000).contains(&wait), "{wait}");
        }
    }
}
