use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::connection::Connection;

/// Less than the minutes after which servers hang up.
const KEPT: Duration = Duration::from_secs(60);

/// Connections whose last mail was taken, for the next one.
#[derive(Default)]
pub(super) struct Idle(Mutex<Vec<(Instant, Connection)>>);

impl Idle {
    /// The one used last, if its server still answers. Older ones are closed.
    pub(super) async fn take(&self) -> Option<Connection> {
        loop {
            let (since, mut connection) = self.lock().pop()?;
            if since.elapsed() < KEPT && connection.greet().await.is_ok() {
                return Some(connection);
            }
        }
    }

    pub(super) fn put(&self, connection: Connection) {
        self.lock().push((Instant::now(), connection));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Connection)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
