//! What the stack has to know of a server that it runs.

use std::future::Future;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::child::Running;
use crate::{Program, StackError};

/// Signals that end a server, each with how long it may take; after the last
/// one comes SIGKILL. The first is also what the host's death sends.
pub(crate) type Ending = [(Signal, Duration)];

pub(crate) trait Service: Send + Sync + 'static {
    fn program(&self) -> Program;
    fn command(&self) -> Command;
    /// Who it runs as; `None`: the host's own user.
    fn account(&self) -> Option<&Account>;
    fn ending(&self) -> &'static Ending;
    fn folder(&self) -> &Path;
    fn log(&self) -> &Path;
    /// Whether it serves requests now.
    fn answers(&self) -> impl Future<Output = bool> + Send;
}

/// Recovery of a large log after a kill takes its time; more is a fault.
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Launches `service` and waits until it answers; ends it again when `stop` comes
/// before that.
pub(crate) async fn start(
    service: &impl Service,
    stop: &CancellationToken,
) -> Result<Running, StackError> {
    let did_not = |reason: String| StackError::DidNotStart {
        program: service.program(),
        reason,
        folder: service.folder().to_owned(),
        log: service.log().to_owned(),
    };
    let mut running = Running::launch(service)
        .await
        .map_err(|error| did_not(error.to_string()))?;
    let ready = async {
        while !service.answers().await {
            sleep(BETWEEN_LOOKS).await;
        }
    };
    let outcome = tokio::select! {
        reason = running.ended() => Err(reason),
        () = stop.cancelled() => Err("it was told to stop".to_owned()),
        ready = timeout(PATIENCE, ready) => {
            ready.map_err(|_| format!("it did not answer within {} s", PATIENCE.as_secs()))
        }
    };
    match outcome {
        Ok(()) => Ok(running),
        Err(reason) => {
            running.stop().await;
            Err(did_not(reason))
        }
    }
}
