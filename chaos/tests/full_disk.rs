//! The disk of the log is full, until somebody makes room.

#![allow(
    clippy::unwrap_used,
    reason = "a step that fails is a test that fails, in helpers too"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use event_store::conformance::Subject;
use event_store::postgres::Limits;
use event_store::{Append, AppendError, Appended, EventStore, ExpectedRevision, PostgresLog};
use local_stack::{LocalStack, LocalStackConfig};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

/// More than the servers ask for when they start.
const DISK: &str = "size=512m,mode=0755";
/// What is taken up by others, and given back when the disk is full.
const BALLAST_BYTES: usize = 320 * 1024 * 1024;
const EVENT_BYTES: usize = 1024 * 1024;
/// What takes longer than this never comes.
const NEVER: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_appends_and_loses_none_that_was_answered() {
    let Some(disk) = Disk::mount() else {
        eprintln!("NOT CHECKED: a small disk cannot be mounted without being root");
        return;
    };
    let stack = LocalStackConfig::new(disk.folder().join("data"));
    let stack = LocalStack::start(stack, |_: &str| {}).await.unwrap();
    let ballast = disk.folder().join("ballast");
    std::fs::write(&ballast, vec![1; BALLAST_BYTES]).unwrap();
    let log = open_log(stack.database_url().expose_secret()).await;
    let subject = Subject::new(Arc::clone(&log) as _, Uuid::NAMESPACE_OID);

    let mut done: Vec<Append> = Vec::new();
    let refused = loop {
        let stream = subject.stream("full");
        let command = subject.command(
            &stream,
            ExpectedRevision::NoStream,
            [incompressible(done.len())],
        );
        match timeout(NEVER, log.append(command.clone())).await.unwrap() {
            Ok(_) => done.push(command),
            Err(AppendError::Store { .. } | AppendError::Unknown { .. }) => break command,
            Err(other) => panic!("a full disk was answered with {other:?}"),
        }
    };
    std::fs::remove_file(ballast).unwrap();
    repeated_until_done(log.as_ref(), &refused).await;
    done.push(refused);

    let mut expected: Vec<Uuid> = done.iter().map(|command| command.events[0].id).collect();
    let start = log.start().await.unwrap();
    let found = subject.read_after(start, 10, &Default::default()).await;
    let mut found: Vec<Uuid> = found.into_iter().map(|event| event.id).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
    log.shutdown().await;
    stack.stop().await;
}

async fn open_log(url: &str) -> Arc<PostgresLog> {
    let pool = event_store::database::connect(url, 4).await.unwrap();
    event_store::database::MIGRATOR.run(&pool).await.unwrap();
    let hasty = Limits {
        settle_within: Duration::from_secs(2),
        ..Limits::default()
    };
    Arc::new(PostgresLog::connect_with(pool, hasty).await.unwrap())
}

async fn repeated_until_done(log: &PostgresLog, command: &Append) -> Appended {
    let repeating = async {
        loop {
            match log.append(command.clone()).await {
                Ok(appended) => return appended,
                Err(AppendError::Store { .. } | AppendError::Unknown { .. }) => {}
                Err(other) => panic!("with room again it was answered with {other:?}"),
            }
        }
    };
    timeout(NEVER, repeating)
        .await
        .expect("there is room again")
}

/// Ids one after the other, so that Postgres cannot pack them.
fn incompressible(nth: usize) -> Value {
    let mut text = String::with_capacity(EVENT_BYTES + 36);
    while text.len() < EVENT_BYTES {
        let name = format!("{nth} {}", text.len());
        text += &Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string();
    }
    json!(text)
}

/// A disk in memory that is gone with this.
struct Disk(TempDir);

impl Disk {
    /// None when this user may not mount one.
    fn mount() -> Option<Self> {
        let folder = local_stack::testing::data_dir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", DISK, "disk"])
            .arg(folder.path())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(folder))
    }

    fn folder(&self) -> PathBuf {
        Path::to_owned(self.0.path())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A test that failed may have left servers that still use it.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
    }
}
