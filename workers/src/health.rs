//! Which providers are out of order, as far as this process has seen: while one
//! is, the next is asked at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use integrations::ProviderError;

/// Failures in a row after which a provider is out of order.
const FAILURES: u32 = 3;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

pub struct Health {
    clock: Arc<dyn Clock>,
    seen: Mutex<HashMap<String, Seen>>,
}

#[derive(Clone, Copy, Default)]
struct Seen {
    /// In a row.
    failures: u32,
    /// Until then it is not asked; after it, one failure more is enough.
    out_until: Option<DateTime<Utc>>,
}

impl Health {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            seen: Mutex::default(),
        }
    }

    /// Until when a provider is out of order, if it is.
    pub(crate) fn out_until(&self, provider: &str) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let seen = self.seen().get(provider).copied().unwrap_or_default();
        seen.out_until.filter(|until| now < *until)
    }

    pub(crate) fn succeeded(&self, provider: &str) {
        self.seen().remove(provider);
    }

    /// What the user asked for may be at fault: that says nothing of the provider.
    pub(crate) fn failed(&self, provider: &str, error: &ProviderError) {
        use ProviderError as E;
        let now = self.clock.now();
        let asked_for = match error {
            E::Cancelled | E::NotAsked { .. } | E::Refused { .. } | E::InvalidInput { .. } => {
                return;
            }
            E::RateLimited { retry_after } => {
                retry_after.and_then(|wait| TimeDelta::from_std(wait).ok())
            }
            // Until somebody corrects the key, or pays.
            E::Unauthorized | E::OutOfCredit => Some(FIRST_PAUSE),
            E::Unavailable { .. } | E::Malformed { .. } => None,
        };
        let mut seen = self.seen();
        let seen = seen.entry(provider.to_owned()).or_default();
        seen.failures += 1;
        let pause = asked_for.or_else(|| (seen.failures >= FAILURES).then(|| pause(seen.failures)));
        if let Some(pause) = pause {
            seen.out_until = Some(now + pause.min(LONGEST_PAUSE));
        }
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Doubled for each failure beyond the first that counts.
fn pause(failures: u32) -> TimeDelta {
    let doublings = failures.saturating_sub(FAILURES).min(10);
    FIRST_PAUSE * (1 << doublings)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct MovedClock(Mutex<DateTime<Utc>>);

    impl Clock for MovedClock {
        fn now(&self) -> DateTime<Utc> {
            *self.0.lock().unwrap()
        }
    }

    struct Given {
        clock: Arc<MovedClock>,
        health: Health,
    }

    impl Given {
        fn new() -> Self {
            let clock = Arc::new(MovedClock(Mutex::new(DateTime::UNIX_EPOCH)));
            Self {
                health: Health::new(Arc::clone(&clock) as _),
                clock,
            }
        }

        fn pass(&self, seconds: i64) {
            *self.clock.0.lock().unwrap() += TimeDelta::seconds(seconds);
        }

        fn fail(&self, times: u32) {
            for _ in 0..times {
                let problem = "it is away".to_owned();
                let error = ProviderError::Unavailable { problem };
                self.health.failed("fal", &error);
            }
        }

        fn is_out(&self) -> bool {
            self.health.out_until("fal").is_some()
        }
    }

    #[test]
    fn three_failures_in_a_row_put_a_provider_out_of_order_for_longer_and_longer() {
        let given = Given::new();
        given.fail(2);
        assert!(!given.is_out());
        given.fail(1);
        assert!(given.is_out());
        given.pass(30);
        assert!(!given.is_out(), "it is tried again");
        given.fail(1);
        given.pass(59);
        assert!(given.is_out(), "once is enough now, and for twice as long");
        given.pass(1);
        assert!(!given.is_out());
        given.fail(20);
        given.pass(600);
        assert!(!given.is_out(), "never for longer than ten minutes");
    }

    #[test]
    fn a_success_makes_a_provider_whole() {
        let given = Given::new();
        given.fail(2);
        given.health.succeeded("fal");
        given.fail(2);
        assert!(!given.is_out());
    }

    #[test]
    fn a_provider_is_left_alone_for_as_long_as_it_asks() {
        let given = Given::new();
        let retry_after = Some(Duration::from_secs(90));
        let limited = ProviderError::RateLimited { retry_after };
        given.health.failed("fal", &limited);
        given.pass(89);
        assert!(given.is_out() && given.health.out_until("openai").is_none());
        given.pass(1);
        assert!(!given.is_out());
    }

    #[test]
    fn what_the_user_asked_for_is_not_the_providers_fault() {
        let given = Given::new();
        let reason = "it is against its policy".to_owned();
        for _ in 0..9 {
            let refused = ProviderError::Refused {
                reason: reason.clone(),
            };
            given.health.failed("fal", &refused);
        }
        assert!(!given.is_out());
    }
}
