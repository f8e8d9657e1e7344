//! The command `with-test-servers`, and what it shares with tests.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Stdio;

use local_stack::testing::{self, TestServers};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_with-test-servers");

#[tokio::test]
async fn the_command_finds_the_servers_and_its_exit_code_is_passed_on() {
    let temporary = testing::data_dir().unwrap();
    let script = "test -n \"$NARRATE_TEST_NATS_URL\" && \
                  test \"$DATABASE_URL\" = \"$NARRATE_TEST_DATABASE_URL\" && exit 7";
    let status = in_temporary(PROGRAM, &temporary)
        .args(["--database-url", "--", "sh", "-c", script])
        .status()
        .await
        .unwrap();
    assert_eq!(status.code(), Some(7));
    assert_eq!(files(temporary.path()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn told_to_end_it_ends_its_command_and_removes_its_folder() {
    let temporary = testing::data_dir().unwrap();
    let mut program = in_temporary(PROGRAM, &temporary)
        .args(["--", "sh", "-c", "echo up; exec sleep 600"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut up = String::new();
    let stdout = program.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut up).await.unwrap();
    let pid = Pid::from_raw(program.id().unwrap().cast_signed());
    kill(pid, Signal::SIGTERM).unwrap();
    let status = program.wait().await.unwrap();
    assert_eq!(status.code(), Some(128 + Signal::SIGTERM as i32));
    assert_eq!(files(temporary.path()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test]
async fn tests_share_the_servers_of_their_process() {
    let servers = TestServers::shared().await;
    assert!(std::ptr::eq(servers, TestServers::shared().await));
    execute(&servers.database_url, "SELECT 1").await;
    assert!(nats(&servers.nats_url).await.is_some());
}

/// The other tests of this suite show the same for whoever runs it.
#[tokio::test]
async fn root_is_not_needed() {
    let Some(nobody) = User::from_name("nobody")
        .unwrap()
        .filter(|_| Uid::effective().is_root())
    else {
        return;
    };
    // Where root keeps programs, others may not look.
    let temporary = testing::data_dir().unwrap();
    let nats = local_stack::locate().best_nats().unwrap().path.clone();
    let tools = [
        ("nats-server", nats.as_path()),
        ("program", Path::new(PROGRAM)),
    ];
    for (name, from) in tools {
        let copy = temporary.path().join(name);
        fs::copy(from, &copy).unwrap();
        fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let home = temporary.path().join("home");
    fs::create_dir(&home).unwrap();
    chown(&home, Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();

    let output = Command::new(temporary.path().join("program"))
        .args(["--", "id", "-u"])
        .env("TMPDIR", &home)
        .env("NARRATE_TOOLS", temporary.path())
        .uid(nobody.uid.as_raw())
        .gid(nobody.gid.as_raw())
        .current_dir("/")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let uid = String::from_utf8_lossy(&output.stdout);
    assert_eq!(uid.trim(), nobody.uid.to_string());
}

fn in_temporary(program: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.env("TMPDIR", folder.path());
    command
}
