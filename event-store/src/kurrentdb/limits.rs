//! How much the log takes on, and for how long it tries.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Event data that may be on its way at once.
    pub in_flight_bytes: usize,
    /// How long an append waits for room among those on their way before it is
    /// [`Busy`](crate::AppendError::Busy).
    pub accept_within: Duration,
    /// How long an append or a read is tried while the server is away.
    pub settle_within: Duration,
    /// How long the server may be silent before its connection is given up.
    pub answer_within: Duration,
    /// How long to wait for a server that is not up yet.
    pub start_within: Duration,
    /// How often to look for what other processes appended.
    pub look_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight_bytes: 64 * 1024 * 1024,
            accept_within: Duration::from_secs(5),
            settle_within: Duration::from_secs(30),
            answer_within: Duration::from_secs(10),
            start_within: Duration::from_secs(30),
            look_every: Duration::from_millis(100),
        }
    }
}
