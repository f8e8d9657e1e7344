//! Ctrl-c and SIGTERM: once for an orderly stop, twice for at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled when the user or the system asks to stop. Asked
/// again, the process ends; children end with it.
pub fn on_signals() -> std::io::Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        let mut code = 0;
        for _ in 0..2 {
            code = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
            asked.cancel();
        }
        std::process::exit(code);
    });
    Ok(stop)
}
