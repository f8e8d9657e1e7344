//! How much may be on its way into a log at once, in memory.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::AppendError;
use crate::written::Written;

/// Room is counted in units of this many bytes.
const UNIT_BYTES: usize = 1024;
/// What an append takes at least, for its metadata and its caller.
const SMALLEST_UNITS: usize = 32;

/// Bounded by the memory that appends hold; callers wait for it, then give up.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    units: Arc<Semaphore>,
    all_units: usize,
    accept_within: Duration,
}

impl Room {
    pub(crate) fn new(bytes: usize, accept_within: Duration) -> Self {
        let all_units = (bytes / UNIT_BYTES).max(SMALLEST_UNITS);
        Self {
            units: Arc::new(Semaphore::new(all_units)),
            all_units,
            accept_within,
        }
    }

    /// Fails with [`AppendError::Busy`] or [`AppendError::Closed`]. What is
    /// larger than all of the room takes all of it.
    pub(crate) async fn take(&self, append: &Written) -> Result<OwnedSemaphorePermit, AppendError> {
        let units = (append.bytes / UNIT_BYTES)
            .max(SMALLEST_UNITS)
            .min(self.all_units);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.units).acquire_many_owned(units);
        timeout(self.accept_within, taken)
            .await
            .map_err(|_| AppendError::Busy)?
            .map_err(|_| AppendError::Closed)
    }

    pub(crate) fn close(&self) {
        self.units.close();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.units.is_closed()
    }
}
