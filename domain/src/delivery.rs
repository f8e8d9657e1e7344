//! When a message to a program of somebody's is sent again, and when it is
//! given up.
//!
//! As Standard Webhooks advises: at once, then after growing pauses, for a day.

use chrono::{DateTime, TimeDelta, Utc};

/// The pauses between attempts, in seconds: attempts come 0 s, 5 s, 5 min,
/// 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h after the first.
const PAUSES_S: [i64; 9] = [5, 295, 1_500, 5_400, 10_800, 18_000, 14_400, 21_600, 14_400];
/// Of a pause, at random besides, so that messages which failed together do not
/// come together.
const JITTER: f64 = 0.1;
/// No attempt begins later after the first.
const LONGEST: TimeDelta = TimeDelta::hours(28);
/// A receiver that took nothing for so long is sent nothing more.
pub const PATIENCE: TimeDelta = TimeDelta::days(5);

/// Attempts at one message.
pub const MAX_ATTEMPTS: u32 = PAUSES_S.len() as u32 + 1;

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Answered {
        status: u16,
        /// How long the receiver asks to be left alone.
        retry_after_ms: Option<u64>,
    },
    /// There was no answer.
    None,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The receiver has it.
    Delivered,
    RetryAt(DateTime<Utc>),
    /// It is over for this message.
    GivenUp,
    /// The receiver wants nothing more, ever (status 410).
    Gone,
}

/// The attempts at a message so far.
#[derive(Debug, Clone, Copy)]
pub struct Attempts {
    /// Counted from 1; with the one that just ended.
    pub made: u32,
    pub first_at: DateTime<Utc>,
}

/// What follows from `outcome` at `now`; `jitter` is 0 to 1.
pub fn next(attempts: Attempts, outcome: Outcome, now: DateTime<Utc>, jitter: f64) -> Next {
    let wanted_ms = match outcome {
        Outcome::Answered {
            status: 200..=299, ..
        } => return Next::Delivered,
        Outcome::Answered { status: 410, .. } => return Next::Gone,
        Outcome::Answered { retry_after_ms, .. } => retry_after_ms.unwrap_or(0),
        Outcome::None => 0,
    };
    let place = attempts.made.saturating_sub(1) as usize;
    let Some(pause_s) = PAUSES_S.get(place) else {
        return Next::GivenUp;
    };
    let pause_ms = pause_s * 1_000;
    let jittered_ms = pause_ms + (pause_ms as f64 * JITTER * jitter.clamp(0.0, 1.0)) as i64;
    let wanted_ms = i64::try_from(wanted_ms).unwrap_or(i64::MAX);
    let wait = TimeDelta::try_milliseconds(jittered_ms.max(wanted_ms));
    let at = wait.and_then(|wait| now.checked_add_signed(wait));
    match at {
        Some(at) if at <= attempts.first_at + LONGEST => Next::RetryAt(at),
        _ => Next::GivenUp,
    }
}

#[cfg(test)]
mod tests;
