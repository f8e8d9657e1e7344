//! The private Postgres: on a unix socket only, which only this user can reach.

mod cluster;
mod wire;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::child::Running;
use crate::folder::Folder;
use crate::service::{Ending, Service, start};
use crate::stack::Durability;
use crate::{Program, Programs, StackError, leftover};

const USER: &str = "narrate";
const DATABASE: &str = "narrate";
const PROBE: Duration = Duration::from_secs(5);

/// Fast shutdown, then immediate shutdown (the next start recovers from the log):
/// <https://www.postgresql.org/docs/current/server-shutdown.html>
const ENDING: &Ending = &[
    (Signal::SIGINT, Duration::from_secs(30)),
    (Signal::SIGQUIT, Duration::from_secs(5)),
];

#[derive(Debug)]
pub(crate) struct Postgres {
    program: PathBuf,
    account: Option<Account>,
    data: PathBuf,
    sockets: PathBuf,
    log: PathBuf,
    durability: Durability,
}

impl Postgres {
    /// Makes the data folder ready: created on the first start, checked and freed
    /// from what a killed run left on later ones.
    pub(crate) async fn prepare(
        folder: &Folder,
        programs: &Programs,
        durability: Durability,
        on_step: &mut impl FnMut(&str),
    ) -> Result<Self, StackError> {
        let data = folder.postgres();
        let account = Account::for_postgres(&data)?;
        if let Some(account) = &account {
            account.check_way_to(&folder.root)?;
        }
        let found = cluster::program_for(&data, programs)?;
        let sockets = folder.sockets(account.as_ref())?;
        if !cluster::exists(&data) {
            on_step(&format!("creating the database ({found})"));
            let command = cluster::initdb(found, USER, durability);
            cluster::create(command, &data, account.as_ref()).await?;
        }
        clear_leftover(&data, &sockets).await;
        on_step(&format!("starting {found}"));
        Ok(Self {
            program: found.path.clone(),
            account,
            data,
            sockets,
            log: folder.log("postgres"),
            durability,
        })
    }

    /// Starts it; waits while a killed predecessor's last processes still hold
    /// its memory.
    pub(crate) async fn start(&self) -> Result<Running, StackError> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match start(self, &CancellationToken::new()).await {
                Err(StackError::DidNotStart { reason, .. })
                    if reason.contains("shared memory block") && Instant::now() < until =>
                {
                    sleep(Duration::from_millis(200)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// `postgres://…?host=<socket folder>`, as libpq and sqlx read it.
    pub(crate) fn url(&self) -> SecretString {
        let sockets = percent_encoded(&self.sockets);
        format!("postgres://{USER}@localhost/{DATABASE}?host={sockets}").into()
    }

    pub(crate) fn sockets(&self) -> &Path {
        &self.sockets
    }

    fn socket(&self) -> PathBuf {
        self.sockets.join(".s.PGSQL.5432")
    }
}

impl Service for Postgres {
    fn program(&self) -> Program {
        Program::Postgres
    }

    fn command(&self) -> Command {
        let mut sockets = OsString::from("unix_socket_directories=\"");
        sockets.push(&self.sockets);
        sockets.push("\"");
        // What is acknowledged survives a killed server either way.
        let synced = match self.durability {
            Durability::Full => ["fsync=on", "full_page_writes=on"],
            Durability::None => ["fsync=off", "full_page_writes=off"],
        };
        let mut command = Command::new(&self.program);
        command.arg("-D").arg(&self.data).arg("-c").arg(sockets);
        let settings = [
            "listen_addresses=",
            "port=5432", // names the socket; nothing listens on TCP
            "unix_socket_permissions=0700",
            "max_connections=100",
            "shared_buffers=64MB",
            "max_wal_size=256MB",
            "synchronous_commit=on",
            "timezone=UTC",
            "log_timezone=UTC",
            "logging_collector=off",
            "log_destination=stderr",
            "log_min_messages=warning",
            // Statements carry what people wrote; they stay out of logs.
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
        ];
        for setting in settings.into_iter().chain(synced) {
            command.args(["-c", setting]);
        }
        command
    }

    fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    fn ending(&self) -> &'static Ending {
        ENDING
    }

    fn folder(&self) -> &Path {
        &self.data
    }

    fn log(&self) -> &Path {
        &self.log
    }

    /// Also creates the database where it is missing: on the first start, or
    /// when that was cut short.
    async fn answers(&self) -> bool {
        let socket = self.socket();
        let ask = async {
            match wire::ask(&socket, USER, DATABASE, None).await {
                Err(wire::WireError::Refused { code }) if code == wire::NO_SUCH_DATABASE => {
                    let create = format!("CREATE DATABASE {DATABASE}");
                    wire::ask(&socket, USER, "postgres", Some(&create)).await
                }
                answer => answer,
            }
        };
        matches!(timeout(PROBE, ask).await, Ok(Ok(())))
    }
}

/// Lets a predecessor end, then removes its locks. Postgres keeps to itself the
/// lock of a dead process whose id is now some other program's.
async fn clear_leftover(data: &Path, sockets: &Path) {
    let pid_file = data.join("postmaster.pid");
    let pid = fs::read_to_string(&pid_file)
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse().ok());
    if let Some(pid) = pid {
        leftover::clear(pid, data, ENDING).await;
    }
    // This host holds the data folder's lock, and no server of ours lives. Each
    // of them may be absent.
    let _ = fs::remove_file(pid_file);
    let _ = fs::remove_file(sockets.join(".s.PGSQL.5432.lock"));
    let _ = fs::remove_file(sockets.join(".s.PGSQL.5432"));
}

fn percent_encoded(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut text = String::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                text.push(char::from(*byte));
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}
