//! The database cluster on disk: created whole or not at all, and checked before
//! a server is let loose on it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use crate::account::Account;
use crate::folder;
use crate::launch::launch;
use crate::programs::{Found, Programs};
use crate::{Durability, StackError};

pub(super) fn exists(data: &Path) -> bool {
    data.exists()
}

/// The program that can read the cluster at `data`: the same major version, or
/// for a new cluster the preferred one.
pub(super) fn program_for<'a>(
    data: &Path,
    programs: &'a Programs,
) -> Result<&'a Found, StackError> {
    let best = programs.best_postgres()?;
    if !exists(data) {
        return Ok(best);
    }
    let written = written_by(data)?;
    let same = |found: &&Found| found.version[0] == written;
    programs
        .postgres
        .iter()
        .find(same)
        .ok_or_else(|| StackError::OtherVersion {
            folder: data.to_owned(),
            written,
            found: best.version[0].to_string(),
        })
}

/// The command that creates a cluster, all but the folder.
pub(super) fn initdb(found: &Found, user: &str, durability: Durability) -> Command {
    let letters = if cfg!(target_os = "macos") {
        "en_US.UTF-8"
    } else {
        "C.UTF-8"
    };
    let mut command = Command::new(found.path.with_file_name("initdb"));
    command
        .args(["-U", user, "-E", "UTF8", "--locale=C", "--data-checksums"])
        .arg(format!("--lc-ctype={letters}"))
        // The socket's folder keeps everyone else out.
        .arg("--auth=trust");
    if durability == Durability::None {
        command.arg("--no-sync");
    }
    command
}

/// Creates the cluster beside its place and moves it there when it is complete,
/// so that a kill half way leaves nothing that looks like one.
pub(super) async fn create(
    mut initdb: Command,
    data: &Path,
    account: Option<&Account>,
) -> Result<(), StackError> {
    let unfinished = data.with_extension("unfinished");
    let writing = |source| StackError::writing(&unfinished, source);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(writing)?;
    }
    folder::create(&unfinished, 0o700)?;
    if let Some(account) = account {
        account.own(&unfinished).map_err(writing)?;
    }
    initdb
        .arg("-D")
        .arg(&unfinished)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let failed = |reason: String| StackError::NotCreated {
        folder: data.to_owned(),
        reason,
    };
    let output = match launch(initdb, account, Signal::SIGKILL).await {
        Ok(child) => child.wait_with_output().await,
        Err(error) => Err(error),
    };
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // initdb ends with a line on what it cleaned up; the cause comes before.
        let cause = said
            .lines()
            .find(|line| line.contains("error:") || line.contains("FATAL:"));
        return Err(failed(cause.unwrap_or(&said).trim().to_owned()));
    }
    fs::rename(&unfinished, data).map_err(writing)
}

fn written_by(data: &Path) -> Result<u32, StackError> {
    let damaged = |reason: &str| StackError::Damaged {
        folder: data.to_owned(),
        reason: reason.to_owned(),
    };
    for part in ["global/pg_control", "base", "pg_wal", "postgresql.conf"] {
        if !data.join(part).exists() {
            return Err(damaged(&format!("{part} is missing")));
        }
    }
    fs::read_to_string(data.join("PG_VERSION"))
        .map_err(|_| damaged("PG_VERSION is missing or unreadable"))?
        .trim()
        .parse()
        .map_err(|_| damaged("PG_VERSION does not hold a version"))
}
