//! Recording what became of work: it may have cost minutes or money, so a log
//! that is busy or away is asked again, with the same command id, which does
//! nothing a second time.

use std::time::Duration;

use commands::{DispatchError, Dispatched, LoadError};
use domain::video::{Video, VideoCommand, VideoError};
use event_store::AppendError;
use projections::RelayedEvent;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Pipeline;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// After this the work is given up, and made again once the log is back.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15 * 60);

/// Sends `command` of the worker `name` until the log has answered: an attempt
/// that was replaced meanwhile is answered with nothing done. When the program
/// stops, the try under way is the last.
pub(super) async fn record(
    pipeline: &Pipeline,
    name: &str,
    message: &RelayedEvent,
    command: VideoCommand,
    stop: &CancellationToken,
) -> Result<Dispatched<Video>, DispatchError<VideoError>> {
    let context = pipeline.context(name, message);
    let give_up_at = Instant::now() + GIVE_UP_AFTER;
    let mut pause = FIRST_PAUSE;
    loop {
        let sent = pipeline
            .dispatcher
            .dispatch::<Video>(message.stream_id, command.clone(), &context)
            .await;
        let error = match sent {
            Err(error) if passes(&error) => error,
            answered => return answered,
        };
        if stop.is_cancelled() || Instant::now() >= give_up_at {
            return Err(error);
        }
        tracing::warn!(
            video.id = %message.stream_id,
            correlation.id = %message.correlation_id,
            error = &error as &dyn std::error::Error,
            "what a worker did is not recorded yet; trying again"
        );
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause.mul_f64(1.0 + pipeline.jitter() / 2.0)) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The log itself was the trouble, not what it was asked to take.
fn passes(error: &DispatchError<VideoError>) -> bool {
    match error {
        DispatchError::Store(AppendError::Refused { .. }) => false,
        DispatchError::Conflict
        | DispatchError::Busy
        | DispatchError::Unknown(_)
        | DispatchError::Store(_)
        | DispatchError::Load(LoadError::Store { .. }) => true,
        DispatchError::Load(LoadError::Decode { .. })
        | DispatchError::Rejected(_)
        | DispatchError::NotFound => false,
    }
}
