//! Which attempts at a stage are worked on, in whatever process.
//!
//! Who works on one says so over core NATS a few times in the time after which
//! it would be missed. Who listens can tell a worker that is gone from one that
//! was never heard, because it also knows since when it has been able to hear.
//! Nothing here is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, Stage, VideoId};
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use crate::Subjects;

/// Heartbeats in the time after which one is missed: two may be lost.
const BEATS: u32 = 3;
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// One attempt at one stage of one video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attempt {
    pub video: VideoId,
    pub stage: Stage,
    pub number: u32,
}

impl Attempt {
    /// Says that this is worked on, until `stop`, to listeners that miss a
    /// heartbeat after `missed_after`.
    pub async fn beat(
        self,
        nats: async_nats::Client,
        subjects: Subjects,
        missed_after: Duration,
        stop: CancellationToken,
    ) {
        let subject = subjects.held(self);
        let mut beats = tokio::time::interval(missed_after / BEATS);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = beats.tick() => {}
            }
            if let Err(error) = nats.publish(subject.clone(), bytes::Bytes::new()).await {
                tracing::debug!(%error, "a heartbeat was not sent");
            }
        }
    }
}

/// The attempts this process hears of.
pub struct Heartbeats {
    clock: Arc<dyn Clock>,
    missed_after: Duration,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    attempts: HashMap<Attempt, DateTime<Utc>>,
    /// Without a break until `latest`.
    since: Option<DateTime<Utc>>,
    /// Of any heartbeat, one's own included.
    latest: Option<DateTime<Utc>>,
}

impl Heartbeats {
    /// Hears nothing until it [listens](Self::listen).
    pub fn new(clock: Arc<dyn Clock>, missed_after: Duration) -> Self {
        Self {
            clock,
            missed_after,
            heard: Mutex::default(),
        }
    }

    /// Whether `attempt` would have been heard in the time after which it is
    /// missed, and was not. False while that cannot be known.
    pub fn is_missed(&self, attempt: &Attempt) -> bool {
        let now = self.clock.now();
        let limit = self.limit();
        let heard = self.lock();
        let (Some(since), Some(latest)) = (heard.since, heard.latest) else {
            return false;
        };
        let of_attempt = heard.attempts.get(attempt).copied();
        now - latest < limit && now - of_attempt.unwrap_or(since).max(since) >= limit
    }

    /// Listens until `stop`, and says something itself meanwhile: silence is
    /// then a broken connection, not the rest of others.
    pub async fn listen(
        &self,
        nats: &async_nats::Client,
        subjects: &Subjects,
        stop: &CancellationToken,
    ) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.listen_once(nats, subjects) => {}
            }
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
        }
    }

    async fn listen_once(&self, nats: &async_nats::Client, subjects: &Subjects) {
        let mut beats = match nats.subscribe(subjects.any_held()).await {
            Ok(beats) => beats,
            Err(error) => {
                tracing::warn!(%error, "the heartbeats of workers cannot be heard");
                return;
            }
        };
        let mut own = tokio::time::interval(self.missed_after / BEATS);
        loop {
            tokio::select! {
                beat = beats.next() => match beat {
                    Some(beat) => self.hear(Subjects::held_attempt(&beat.subject)),
                    None => return,
                },
                _ = own.tick() => {
                    // Lost, it is missed, and then it is known not to be heard.
                    let _ = nats.publish(subjects.listening(), bytes::Bytes::new()).await;
                }
            }
        }
    }

    fn hear(&self, attempt: Option<Attempt>) {
        let now = self.clock.now();
        let limit = self.limit();
        let mut heard = self.lock();
        let unbroken = heard.latest.is_some_and(|latest| now - latest < limit);
        if !unbroken {
            heard.since = Some(now);
        }
        heard.latest = Some(now);
        match attempt {
            Some(attempt) => drop(heard.attempts.insert(attempt, now)),
            None => heard.attempts.retain(|_, at| now - *at < limit),
        }
    }

    fn limit(&self) -> TimeDelta {
        TimeDelta::from_std(self.missed_after).unwrap_or(TimeDelta::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(12);

    #[derive(Default)]
    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
        }
    }

    fn attempt(number: u32) -> Attempt {
        Attempt {
            video: VideoId(uuid::Uuid::from_u128(1)),
            stage: Stage::Script,
            number,
        }
    }

    /// Heartbeats at these seconds, then the time it is.
    fn heard(beats: &[(i64, Option<Attempt>)], now: i64) -> Heartbeats {
        let clock = Arc::new(HandClock::default());
        let heartbeats = Heartbeats::new(clock.clone(), LIMIT);
        for (at, beat) in beats {
            clock.0.store(*at, Ordering::Relaxed);
            heartbeats.hear(*beat);
        }
        clock.0.store(now, Ordering::Relaxed);
        heartbeats
    }

    #[test]
    fn who_does_not_listen_misses_nobody() {
        assert!(!heard(&[], 100).is_missed(&attempt(1)));
    }

    #[test]
    fn an_attempt_that_was_never_heard_is_missed_once_it_would_have_been() {
        let own = [(0, None), (4, None), (8, None)];
        assert!(!heard(&own, 11).is_missed(&attempt(1)));
        assert!(heard(&own, 12).is_missed(&attempt(1)));
    }

    #[test]
    fn an_attempt_is_missed_from_its_last_heartbeat_on() {
        let beats = [(0, None), (8, Some(attempt(1))), (16, None)];
        assert!(!heard(&beats, 19).is_missed(&attempt(1)));
        assert!(heard(&beats, 20).is_missed(&attempt(1)));
        assert!(heard(&beats, 20).is_missed(&attempt(2)));
    }

    #[test]
    fn after_a_break_everyone_has_as_long_again() {
        let beats = [(0, None), (50, None), (58, None)];
        assert!(!heard(&beats, 61).is_missed(&attempt(1)));
        assert!(heard(&beats, 62).is_missed(&attempt(1)));
        assert!(!heard(&beats, 80).is_missed(&attempt(1)));
    }
}
