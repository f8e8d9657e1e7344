//! Laps, percentiles, and what is written.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

/// How long each measurement takes, from the second.
pub(crate) const EACH: Duration = Duration::from_secs(4);

/// About as large as an event of a video.
pub(crate) fn payload() -> Value {
    json!({ "text": "x".repeat(300) })
}

pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// Sorted.
    took: Vec<Duration>,
}

impl Figures {
    pub(crate) fn of(mut took: Vec<Duration>, whole: Duration) -> Self {
        took.sort_unstable();
        Self {
            per_second: took.len() as f64 / whole.as_secs_f64(),
            took,
        }
    }

    /// In milliseconds; `share` is 0.5 for the median.
    pub(crate) fn percentile_ms(&self, share: f64) -> f64 {
        let at = (self.took.len() as f64 * share) as usize;
        let lap = self.took.get(at.min(self.took.len().saturating_sub(1)));
        lap.map_or(f64::NAN, |lap| lap.as_secs_f64() * 1_000.0)
    }
}

/// `callers` at once, each with laps of its own.
pub(crate) async fn run<F>(callers: usize, caller: impl Fn() -> F) -> Figures
where
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let start = Instant::now();
    let running: JoinSet<_> = (0..callers).map(|_| caller()).collect();
    let took = running.join_all().await.into_iter().flatten().collect();
    Figures::of(took, start.elapsed())
}

pub(crate) struct Laps {
    start: Instant,
    pub(crate) took: Vec<Duration>,
}

impl Laps {
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
            took: Vec::new(),
        }
    }

    pub(crate) fn go_on(&self) -> bool {
        self.start.elapsed() < EACH
    }

    pub(crate) async fn time<T>(&mut self, lap: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = lap.await;
        self.took.push(start.elapsed());
        result
    }
}
