//! The system's clock and randomness: the one place that asks for either.

use chrono::{DateTime, Utc};
use domain::{Clock, IdSource};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> DateTime<Utc> {
        std::time::SystemTime::now().into()
    }
}

/// Version 7: random, and in order of time.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[allow(clippy::disallowed_methods, reason = "this is the source of ids")]
    fn fresh(&self) -> Uuid {
        Uuid::now_v7()
    }
}
