//! Keeps a server running: one that ends by itself is started again at the same
//! address, so that connections find it again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::StackError;
use crate::child::Running;
use crate::service::{Service, start};

pub(crate) type Failure = watch::Sender<Option<Arc<StackError>>>;

/// A server that lived this long was well: its end starts a new count.
const WELL: Duration = Duration::from_secs(30);
const TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A server under supervision. Dropped, it is ended in the background.
#[derive(Debug)]
pub(crate) struct Supervised {
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl Supervised {
    pub(crate) fn new(service: impl Service, running: Running, failure: Failure) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(supervise(service, running, stop.clone(), failure));
        Self {
            stop: stop.drop_guard(),
            task,
        }
    }

    /// Ends the server and waits until it is gone.
    pub(crate) async fn stop(self) {
        self.stop.disarm().cancel();
        // A panic in the task has dropped, and so ended, the server.
        let _ = self.task.await;
    }
}

async fn supervise(
    service: impl Service,
    mut running: Running,
    stop: CancellationToken,
    failure: Failure,
) {
    let mut quick_ends = 0;
    loop {
        let since = Instant::now();
        let reason = tokio::select! {
            reason = running.ended() => reason,
            () = stop.cancelled() => return running.stop().await,
        };
        if since.elapsed() >= WELL {
            quick_ends = 0;
        }
        match start_again(&service, reason, &mut quick_ends, &stop).await {
            Ok(Some(started)) => running = started,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(error = %error, "a server of the local stack keeps ending");
                failure.send_replace(Some(Arc::new(error)));
                return;
            }
        }
    }
}

/// Pauses, longer each time, and starts; gives up after [`TRIES`] in a row. `None`
/// when told to stop.
async fn start_again(
    service: &impl Service,
    mut reason: String,
    quick_ends: &mut u32,
    stop: &CancellationToken,
) -> Result<Option<Running>, StackError> {
    loop {
        *quick_ends += 1;
        if *quick_ends >= TRIES {
            return Err(StackError::KeepsEnding {
                program: service.program(),
                times: *quick_ends,
                reason,
                log: service.log().to_owned(),
            });
        }
        tracing::warn!(program = %service.program(), reason, "a server of the local stack ended, starting it again");
        let pause = sleep(FIRST_PAUSE * 2_u32.pow(*quick_ends - 1));
        if stop.run_until_cancelled(pause).await.is_none() {
            return Ok(None);
        }
        match start(service, stop).await {
            Ok(running) => return Ok(Some(running)),
            Err(error) => reason = error.reason(),
        }
    }
}
