//! The layout of the data folder.
//!
//! | path | what |
//! |---|---|
//! | `postgres/`, `nats/`, `logs/` | the local stack's |
//! | `media/` | pictures, sound, films, unless MEDIA_URL says otherwise |
//! | `scratch/<pid>/` | working folders of one process |
//! | `master.key` | the key above all others, unless MASTER_KEY says otherwise |
//! | `mail/` | mails, where there is no server to send them |
//! | `pending/` | videos that `make` began and has not delivered yet |
//! | `server.json` | the server that runs on this folder now |

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const SCRATCH_LOCK: &str = ".lock";

#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
}

/// Who serves this folder, and with which servers. The file is its owner's alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRecord {
    pub address: SocketAddr,
    pub pid: u32,
    pub database_url: String,
    pub nats_url: String,
}

impl DataFolder {
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn media(&self) -> PathBuf {
        self.root.join("media")
    }

    pub fn master_key(&self) -> PathBuf {
        self.root.join("master.key")
    }

    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }

    /// Of prompts that somebody edited.
    pub fn prompts(&self) -> PathBuf {
        self.root.join("prompts")
    }

    pub fn log(&self) -> PathBuf {
        self.root.join("logs").join("narrate.log")
    }

    pub fn pending(&self) -> PathBuf {
        self.root.join("pending")
    }

    /// A folder of this process's own for working folders, and the folders of
    /// processes that ended without clearing theirs gone.
    pub fn scratch(&self) -> io::Result<Scratch> {
        let root = self.root.join("scratch");
        fs::create_dir_all(&root)?;
        for entry in fs::read_dir(&root)?.flatten() {
            remove_if_left(&entry.path());
        }
        Scratch::create(root.join(std::process::id().to_string()))
    }

    /// The server that said it serves this folder; it may be gone since.
    pub fn server(&self) -> Option<ServerRecord> {
        let text = fs::read(self.server_file()).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub fn set_server(&self, record: &ServerRecord) -> io::Result<()> {
        let json = serde_json::to_vec(record).expect("a record has string keys only");
        write_private(&self.server_file(), &json)
    }

    pub fn clear_server(&self) {
        // It is only a hint: who reads it asks the server itself.
        let _ = fs::remove_file(self.server_file());
    }

    fn server_file(&self) -> PathBuf {
        self.root.join("server.json")
    }
}

/// A folder whose lock says that its process lives. Removed when dropped.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        let lock = File::create(path.join(SCRATCH_LOCK))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes a scratch folder that no process holds.
fn remove_if_left(folder: &Path) {
    let held = File::open(folder.join(SCRATCH_LOCK))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
    if !held {
        let _ = fs::remove_dir_all(folder);
    }
}

/// Writes a file whole or not at all, readable by its owner alone.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scratch_left_by_a_dead_process_is_removed_and_that_of_a_living_one_stays() {
        let root = tempfile::tempdir().unwrap();
        let data = DataFolder::new(root.path().to_owned());
        let dead = root.path().join("scratch/1");
        fs::create_dir_all(&dead).unwrap();
        let living = Scratch::create(root.path().join("scratch/2")).unwrap();

        let ours = data.scratch().unwrap();

        assert!(!dead.exists());
        assert!(living.path().exists());
        assert!(ours.path().exists());
    }
}
