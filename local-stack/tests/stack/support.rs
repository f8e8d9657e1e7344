use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use local_stack::{LocalStack, StackError, testing};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, query_scalar};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(60);

/// A stack in a folder that goes with it.
pub(crate) struct Fixture {
    pub(crate) stack: LocalStack,
    pub(crate) folder: TempDir,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let folder = testing::data_dir().unwrap();
        let stack = testing::start_in(folder.path()).await.unwrap();
        Self { stack, folder }
    }

    pub(crate) fn database_url(&self) -> String {
        self.stack.database_url().expose_secret().to_owned()
    }

    pub(crate) fn nats_url(&self) -> String {
        self.stack.nats_url().expose_secret().to_owned()
    }

    /// Ends the stack and hands back its folder.
    pub(crate) async fn stop(self) -> TempDir {
        self.stack.stop().await;
        self.folder
    }
}

pub(crate) async fn error_in(folder: &Path) -> StackError {
    match testing::start_in(folder).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

/// Runs `statement` as soon as the database answers.
pub(crate) async fn execute(url: &str, statement: &'static str) {
    let mut connection = connected(url).await;
    connection.execute(statement).await.unwrap();
    connection.close().await.unwrap();
}

pub(crate) async fn count(url: &str, table: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    query_scalar(sql)
        .fetch_one(&mut connected(url).await)
        .await
        .unwrap()
}

async fn connected(url: &str) -> PgConnection {
    eventually("the database answers", || async {
        PgConnection::connect(url).await.ok()
    })
    .await
}

/// Connects with the name and password of `url`.
pub(crate) async fn nats(url: &str) -> Option<async_nats::Client> {
    let address: async_nats::ServerAddr = url.parse().unwrap();
    let (user, password) = (address.username()?, address.password()?);
    async_nats::ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        .connect(address.clone())
        .await
        .ok()
}

/// Tries until `attempt` gives something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    attempt: impl Fn() -> F,
) -> T {
    let attempts = async {
        loop {
            if let Some(value) = attempt().await {
                return value;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, attempts)
        .await
        .unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"))
}

pub(crate) fn postgres_pid(folder: &Path) -> Option<Pid> {
    pid_in(&folder.join("postgres/postmaster.pid"))
}

pub(crate) fn nats_pid(folder: &Path) -> Option<Pid> {
    pid_in(&folder.join("nats/nats.pid"))
}

fn pid_in(file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

pub(crate) fn kill_hard(pid: Option<Pid>) {
    kill(pid.expect("it runs"), Signal::SIGKILL).unwrap();
}

/// Ended, even if the system's first process has not taken note of it yet.
pub(crate) fn is_gone(pid: Pid) -> bool {
    let has_ended = fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| words.is_empty());
    has_ended || kill(pid, None) == Err(Errno::ESRCH)
}

/// Every file below `folder`, to see that none was removed.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}
