//! Telling readers that there may be something new.
//!
//! Appends of this process are told of as they are done. Those of others are
//! found by looking at the head of the log, while anyone listens. A catch-up
//! subscription would tell sooner, but cannot be ended (see the module above).

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::supervisor::Supervisor;

/// How long to wait for a session at a time; there is no hurry without one.
const PATIENCE: Duration = Duration::from_secs(60);

/// For ever. A failed look is the supervisor's to mend.
pub(super) async fn look(supervisor: Supervisor, hints: watch::Sender<u64>, every: Duration) {
    let mut last = None;
    loop {
        if hints.receiver_count() > 0
            && let Ok(session) = supervisor.session(Instant::now() + PATIENCE).await
            && let Ok(head) = session.head().await
            && last.replace((session.epoch, head)) != Some((session.epoch, head))
        {
            hint(&hints);
        }
        sleep(every).await;
    }
}

pub(super) fn hint(hints: &watch::Sender<u64>) {
    hints.send_modify(|count| *count = count.wrapping_add(1));
}
