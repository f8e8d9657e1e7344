//! Time and ids, as ports: the only way the rest of the program gets either.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time. The binary passes the system's clock, tests a fixed one.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// Makes fresh ids. The binary passes random ones, tests a counted sequence.
pub trait IdSource: Send + Sync {
    fn fresh(&self) -> Uuid;
}
