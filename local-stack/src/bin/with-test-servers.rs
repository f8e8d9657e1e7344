//! Runs a command with a Postgres and a NATS that live as long as it does:
//! `with-test-servers [--data FOLDER] [--database-url] -- COMMAND…`
//!
//! The command finds them in `NARRATE_TEST_DATABASE_URL` and
//! `NARRATE_TEST_NATS_URL`, with `--database-url` also in `DATABASE_URL`. Its
//! exit code is passed on.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use local_stack::{LocalStack, testing};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: with-test-servers [--data FOLDER] [--database-url] -- COMMAND…";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(asked) = Asked::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(asked).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("with-test-servers: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Asked {
    data: Option<PathBuf>,
    database_url: bool,
    command: Vec<String>,
}

impl Asked {
    fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let mut asked = Self {
            data: None,
            database_url: false,
            command: Vec::new(),
        };
        loop {
            match words.next()?.as_str() {
                "--data" => asked.data = Some(words.next()?.into()),
                "--database-url" => asked.database_url = true,
                "--" => break,
                _ => return None,
            }
        }
        asked.command = words.collect();
        (!asked.command.is_empty()).then_some(asked)
    }
}

async fn run(asked: Asked) -> Result<ExitCode, Box<dyn std::error::Error>> {
    // Before anything is started, so that no signal finds us unprepared.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let temporary = testing::data_dir()?;
    let folder = asked.data.as_deref().unwrap_or(temporary.path());

    let stack = testing::start_in(folder).await?;
    let ended_early = tokio::select! {
        biased;
        _ = terminate.recv() => Some(Signal::SIGTERM),
        _ = interrupt.recv() => Some(Signal::SIGINT),
        () = std::future::ready(()) => None,
    };
    let code = match ended_early {
        Some(signal) => by_signal(signal as i32),
        None => run_command(&asked, &stack, &mut terminate, &mut interrupt).await?,
    };
    stack.stop().await;
    Ok(code)
}

async fn run_command(
    asked: &Asked,
    stack: &LocalStack,
    terminate: &mut tokio::signal::unix::Signal,
    interrupt: &mut tokio::signal::unix::Signal,
) -> std::io::Result<ExitCode> {
    let mut command = Command::new(&asked.command[0]);
    command
        .args(&asked.command[1..])
        .env(testing::DATABASE_URL, stack.database_url().expose_secret())
        .env(testing::NATS_URL, stack.nats_url().expose_secret());
    if asked.database_url {
        command.env("DATABASE_URL", stack.database_url().expose_secret());
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!(
                "with-test-servers: cannot run {}: {error}",
                asked.command[0]
            );
            return Ok(ExitCode::from(127));
        }
    };
    loop {
        tokio::select! {
            status = child.wait() => return status.map(exit_code),
            _ = terminate.recv() => pass_on(&child, Signal::SIGTERM),
            // From a terminal the command has got it as well: it decides.
            _ = interrupt.recv() => {}
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(code) => ExitCode::from(code),
        None => by_signal(status.signal().unwrap_or(Signal::SIGKILL as i32)),
    }
}

/// As shells say it: 128 and the signal's number.
fn by_signal(signal: i32) -> ExitCode {
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
}

fn pass_on(child: &Child, signal: Signal) {
    if let Some(pid) = child.id() {
        let _ = kill(Pid::from_raw(pid.cast_signed()), signal);
    }
}
