//! Servers that an earlier, killed host left running or still shutting down.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::service::Ending;

/// The host's death has already told it to end: let it.
const BY_ITSELF: Duration = Duration::from_secs(5);

/// Waits until the process of that id is gone, if it is one that was started
/// with `argument` (the path of our data); ends it when it stays.
pub(crate) async fn clear(pid: i32, argument: &Path, ending: &Ending) {
    let pid = Pid::from_raw(pid);
    if gone_within(BY_ITSELF, pid, argument).await {
        return;
    }
    for (signal, patience) in ending {
        tracing::warn!(
            pid = pid.as_raw(),
            signal = signal.as_str(),
            "ending a server that an earlier run left"
        );
        let _ = kill(pid, *signal);
        if gone_within(*patience, pid, argument).await {
            return;
        }
    }
    let _ = kill(pid, Signal::SIGKILL);
    gone_within(BY_ITSELF, pid, argument).await;
}

async fn gone_within(patience: Duration, pid: Pid, argument: &Path) -> bool {
    let until = Instant::now() + patience;
    loop {
        if !was_started_with(pid, argument) {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

#[cfg(target_os = "linux")]
fn was_started_with(pid: Pid, argument: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    arguments
        .split(|byte| *byte == 0)
        .any(|word| word == argument.as_os_str().as_bytes())
}

#[cfg(not(target_os = "linux"))]
fn was_started_with(pid: Pid, argument: &Path) -> bool {
    std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .is_ok_and(|ps| String::from_utf8_lossy(&ps.stdout).contains(&*argument.to_string_lossy()))
}
