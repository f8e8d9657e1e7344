use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::tool;

/// A mail server that says so is broken when it says nothing for so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// `aiosmtpd` in a process of its own, which tells what mail it is given:
/// `tests/mail/sink.py`. Killed when dropped.
pub struct MailServer {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl MailServer {
    /// Listening, in the clear, for whoever comes.
    pub async fn open() -> Self {
        Self::start(Path::new("."), &["--tls", "none"]).await
    }

    /// Listening. `arguments` are those of `sink.py`, `folder` what file names
    /// among them are relative to.
    ///
    /// # Panics
    /// Without what `scripts/setup test` installs.
    pub async fn start(folder: &Path, arguments: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/sink.py");
        let mut process = Command::new(tool("mail-sink/bin/python"))
            .arg(script)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python starts");
        let output = process.stdout.take().expect("its output is a pipe");
        let mut server = Self {
            process,
            output: BufReader::new(output).lines(),
            port: 0,
        };
        let port = server.hear("ready").await["port"].as_u64();
        server.port = port
            .and_then(|port| port.try_into().ok())
            .expect("it says its port");
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next mail that was taken.
    pub async fn mail(&mut self) -> Value {
        self.hear("mail").await
    }

    /// The next thing it tells, which must be this.
    pub async fn hear(&mut self, event: &str) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line()).await;
        let line = line.expect("it says something").expect("it is text");
        let line = line.expect("it is there");
        let told: Value = serde_json::from_str(&line).expect("it tells in JSON");
        assert_eq!(told["event"], event, "{line}");
        told
    }

    pub async fn stop(&mut self) {
        self.process.kill().await.expect("it can be ended");
    }
}
