//! The private nats-server: on a loopback port of its own choosing, behind a
//! generated password, with JetStream's files in the data folder.
//!
//! It runs as the host's own user, root included: unlike Postgres it does not
//! mind, and the host's private folders stay closed to everyone else.

use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::child::Running;
use crate::folder::{self, Folder};
use crate::programs::Found;
use crate::service::{Ending, Service, start};
use crate::stack::Durability;
use crate::{Program, StackError, leftover};

const USER: &str = "narrate";
const PROBE: Duration = Duration::from_secs(2);
const OTHER_PORTS: u32 = 5;

/// <https://docs.nats.io/running-a-nats-service/nats_admin/signals>
const ENDING: &Ending = &[(Signal::SIGTERM, Duration::from_secs(10))];

/// What nats-server 2.15 says on start about files that it cannot read back. It
/// goes on without them, which would lose work in silence. Files that are only
/// missing are a stream whose creation a kill cut short, and no damage.
const DAMAGE: [&str; 5] = [
    "checksums do not match",
    "Error reading metafile",
    "Error unmarshalling",
    "Error recreating stream",
    "could not locate msg block",
];

#[derive(Debug)]
pub(crate) struct Nats {
    program: PathBuf,
    folder: PathBuf,
    log: PathBuf,
    durability: Durability,
    password: String,
    port: u16,
}

impl Nats {
    pub(crate) async fn prepare(
        folder: &Folder,
        found: &Found,
        durability: Durability,
    ) -> Result<Self, StackError> {
        let home = folder.nats();
        folder::create(&home, 0o700)?;
        let nats = Self {
            program: found.path.clone(),
            password: password().map_err(|source| StackError::writing(&home, source))?,
            port: 0,
            log: folder.log("nats"),
            durability,
            folder: home,
        };
        if let Some(pid) = fs::read_to_string(nats.pid_file())
            .ok()
            .and_then(|text| text.trim().parse().ok())
        {
            leftover::clear(pid, &nats.config(), ENDING).await;
        }
        Ok(nats)
    }

    /// Starts it on a free port; on another one when somebody was quicker.
    pub(crate) async fn start(&mut self) -> Result<Running, StackError> {
        let mut tries = 0;
        loop {
            self.port = free_port().map_err(|error| self.did_not_start(error.to_string()))?;
            folder::write_private(&self.config(), &self.settings())?;
            match start(self, &CancellationToken::new()).await {
                Err(StackError::DidNotStart { reason, .. })
                    if reason.contains("address already in use") && tries < OTHER_PORTS =>
                {
                    tries += 1;
                }
                Ok(running) => return self.undamaged(running).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// `nats://user:password@127.0.0.1:port`.
    pub(crate) fn url(&self) -> SecretString {
        format!("nats://{USER}:{}@127.0.0.1:{}", self.password, self.port).into()
    }

    async fn undamaged(&self, running: Running) -> Result<Running, StackError> {
        match running.tail.find(&DAMAGE) {
            None => Ok(running),
            Some(reason) => {
                running.stop().await;
                Err(StackError::Damaged {
                    folder: self.folder.clone(),
                    reason,
                })
            }
        }
    }

    fn did_not_start(&self, reason: String) -> StackError {
        StackError::DidNotStart {
            program: Program::Nats,
            reason,
            folder: self.folder.clone(),
            log: self.log.clone(),
        }
    }

    fn config(&self) -> PathBuf {
        self.folder.join("nats.conf")
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.join("nats.pid")
    }

    /// Tells this server from whatever else may answer on its port.
    fn name(&self) -> String {
        format!("narrate-{}", std::process::id())
    }

    fn settings(&self) -> String {
        let sync = match self.durability {
            Durability::Full => "always",
            Durability::None => "\"2m\"",
        };
        format!(
            "listen: \"127.0.0.1:{port}\"\n\
             server_name: {name}\n\
             pid_file: {pid_file}\n\
             authorization {{ user: {USER}, password: \"{password}\" }}\n\
             jetstream {{ store_dir: {store}, sync_interval: {sync} }}\n",
            port = self.port,
            name = quoted(self.name()),
            pid_file = quoted(self.pid_file().display()),
            password = self.password,
            store = quoted(self.folder.display()),
        )
    }
}

impl Service for Nats {
    fn program(&self) -> Program {
        Program::Nats
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(self.config());
        command
    }

    fn account(&self) -> Option<&Account> {
        None
    }

    fn ending(&self) -> &'static Ending {
        ENDING
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn log(&self) -> &Path {
        &self.log
    }

    /// Its greeting names it and says that JetStream runs.
    async fn answers(&self) -> bool {
        let greeting = async {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await?;
            let mut line = String::new();
            BufReader::new(server).read_line(&mut line).await?;
            io::Result::Ok(line)
        };
        let Ok(Ok(line)) = timeout(PROBE, greeting).await else {
            return false;
        };
        line.contains(&format!("\"server_name\":\"{}\"", self.name()))
            && line.contains("\"jetstream\":true")
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// 128 bits as hexadecimal digits.
fn password() -> io::Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn quoted(text: impl std::fmt::Display) -> String {
    let escaped = text.to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}
