//! One running server process: how it ended, how to end it.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::launch::launch;
use crate::log_file::{Tail, follow};
use crate::service::{Ending, Service};

/// Servers' own children may hold the log open after their parent's end.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Dropped without [`Running::stop`], it is still asked to end, unwatched.
#[derive(Debug)]
pub(crate) struct Running {
    child: Option<Child>,
    ending: &'static Ending,
    log: JoinHandle<()>,
    pub(crate) tail: Tail,
}

impl Running {
    pub(crate) async fn launch(service: &impl Service) -> io::Result<Self> {
        let mut command = service.command();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let ending = service.ending();
        let mut child = launch(command, service.account(), ending[0].0).await?;
        let tail = Tail::default();
        let stderr = child.stderr.take().expect("stderr was piped above");
        let log = tokio::spawn(follow(stderr, service.log().to_owned(), tail.clone()));
        Ok(Self {
            child: Some(child),
            ending,
            log,
            tail,
        })
    }

    /// Waits for the end and tells its reason.
    pub(crate) async fn ended(&mut self) -> String {
        let status = match &mut self.child {
            Some(child) => child.wait().await,
            None => return "it was stopped".to_owned(),
        };
        self.child = None;
        // On a timeout the reader goes on until the pipe closes.
        let _ = timeout(LAST_WORDS, &mut self.log).await;
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        match self.tail.reason() {
            Some(words) => format!("{words} ({status})"),
            None => status,
        }
    }

    /// Ends the process, gently first, and waits until it is gone.
    pub(crate) async fn stop(mut self) {
        for (signal, patience) in self.ending {
            self.signal(*signal);
            if timeout(*patience, self.ended()).await.is_ok() {
                return;
            }
        }
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            // It may have ended meanwhile; it is not reaped, so the id is still its own.
            let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(self.ending[0].0);
    }
}
