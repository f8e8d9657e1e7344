//! One run of the program: what it says as it says it, and how it ends.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// For any one thing to happen, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(240);

pub(crate) struct Run {
    child: Child,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: Lines<BufReader<ChildStderr>>,
    said: String,
}

/// How a run ended and all it said that was not read before.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdout: BufReader::new(child.stdout.take().unwrap()).lines(),
            stderr: BufReader::new(child.stderr.take().unwrap()).lines(),
            said: String::new(),
            child,
        }
    }

    /// Reads what it reports until a line is `wanted`.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        next(&mut self.stderr, &mut self.said, wanted).await
    }

    /// Until `stage`, by its name on the terminal, is said to be at `percent`
    /// or further.
    pub(crate) async fn until_percent(&mut self, stage: &str, percent: u32) {
        self.until(|line| {
            let rest = line.strip_prefix(stage).and_then(|l| l.strip_prefix(": "));
            let number = rest.and_then(|rest| rest.split_once('%')?.0.parse::<u32>().ok());
            number.is_some_and(|number| number >= percent)
        })
        .await;
    }

    /// The next line of its output that is `wanted`.
    pub(crate) async fn until_printed(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        next(&mut self.stdout, &mut self.said, wanted).await
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Ends it and what shares its terminal, without warning.
    pub(crate) fn kill_group(&self) {
        killpg(self.pid(), Signal::SIGKILL).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let (status, stdout, stderr) = timeout(PATIENCE, async {
            tokio::join!(
                self.child.wait(),
                rest(&mut self.stdout),
                rest(&mut self.stderr),
            )
        })
        .await
        .unwrap_or_else(|_| panic!("it did not end; it had said:\n{}", self.said));
        Ended {
            code: status.unwrap().code(),
            stdout,
            stderr,
        }
    }

    fn pid(&self) -> Pid {
        let id = self.child.id().expect("it was not waited for");
        Pid::from_raw(id.cast_signed())
    }
}

impl Ended {
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }
}

/// Looks until `happened`.
pub(crate) async fn eventually(what: &str, happened: impl Fn() -> bool) {
    let looking = async {
        while !happened() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let looked = timeout(PATIENCE, looking).await;
    assert!(looked.is_ok(), "not within {PATIENCE:?}: {what}");
}

async fn next(
    lines: &mut Lines<impl AsyncBufRead + Unpin>,
    said: &mut String,
    wanted: impl Fn(&str) -> bool,
) -> String {
    loop {
        let line = timeout(PATIENCE, lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("it went quiet after:\n{said}"));
        let Some(line) = line.unwrap() else {
            panic!("it said only:\n{said}");
        };
        said.push_str(&line);
        said.push('\n');
        if wanted(&line) {
            return line;
        }
    }
}

async fn rest(lines: &mut Lines<impl AsyncBufRead + Unpin>) -> String {
    let mut said = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        said.push_str(&line);
        said.push('\n');
    }
    said
}
