//! The data folder: its layout, its lock, and whether there is room in it.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::sys::statvfs::statvfs;
use nix::unistd::Uid;

use crate::StackError;
use crate::account::Account;

/// A new database takes about 40 MiB, its write-ahead log up to 256 MiB.
pub(crate) const NEEDED_MIB: u64 = 300;

/// `sockaddr_un.sun_path` holds 108 bytes on Linux and 104 on macOS, the closing
/// zero included.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Where data lives when nothing else is said: `/var/lib/narrateai` for root
/// (Postgres, as another user, could not enter root's home), otherwise the
/// user's data directory.
pub fn default_data_dir() -> PathBuf {
    if Uid::effective().is_root() {
        return "/var/lib/narrateai".into();
    }
    let home = env::var_os("HOME").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from);
    match env::var_os("XDG_DATA_HOME").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir).join("narrateai"),
        None if cfg!(target_os = "macos") => home.join("Library/Application Support/narrateai"),
        None => home.join(".local/share/narrateai"),
    }
}

/// An open and locked data folder. The lock goes with the process.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    _lock: Flock<File>,
}

impl Folder {
    pub(crate) fn open(root: &Path) -> Result<Self, StackError> {
        create(root, 0o711)?;
        let root = root
            .canonicalize()
            .map_err(|source| StackError::writing(root, source))?;
        let lock = lock(&root)?;
        let logs = root.join("logs");
        create(&logs, 0o700)?;
        check_room(&root)?;
        Ok(Self { root, _lock: lock })
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    pub(crate) fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }

    /// A private folder for the Postgres socket: in the data folder, or where
    /// that is too long a path for a socket, under the runtime directory.
    pub(crate) fn sockets(&self, account: Option<&Account>) -> Result<PathBuf, StackError> {
        let inside = self.root.join("run");
        let folder = if fits(&inside) {
            inside
        } else {
            self.short_folder(account.is_none())?
        };
        create(&folder, 0o700)?;
        let owner = account.map_or_else(Uid::effective, |account| account.uid);
        if let Some(account) = account {
            account
                .own(&folder)
                .map_err(|source| StackError::writing(&folder, source))?;
        }
        let meta =
            fs::symlink_metadata(&folder).map_err(|source| StackError::writing(&folder, source))?;
        // Someone else's folder of that name could hand us a false server.
        if !meta.is_dir() || meta.uid() != owner.as_raw() || meta.mode() & 0o077 != 0 {
            let source = io::Error::from(io::ErrorKind::PermissionDenied);
            return Err(StackError::writing(&folder, source));
        }
        Ok(folder)
    }

    /// Short, and the same at every start: named by the data folder's inode.
    fn short_folder(&self, own_runtime_dir: bool) -> Result<PathBuf, StackError> {
        let meta = self
            .root
            .metadata()
            .map_err(|source| StackError::writing(&self.root, source))?;
        let name = format!("narrateai-{:x}-{:x}", meta.dev(), meta.ino());
        let runtime = env::var_os("XDG_RUNTIME_DIR")
            .filter(|_| own_runtime_dir)
            .map(|dir| PathBuf::from(dir).join(&name))
            .filter(|dir| dir.parent().is_some_and(Path::is_dir) && fits(dir));
        Ok(runtime.unwrap_or_else(|| Path::new("/tmp").join(name)))
    }
}

/// Creates `folder` and what is missing above it. As root the folders above the
/// private ones stay passable, so that Postgres gets to its own.
pub(crate) fn create(folder: &Path, mode: u32) -> Result<(), StackError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        let above = if Uid::effective().is_root() {
            0o755
        } else {
            0o700
        };
        create(parent, above)?;
    }
    let created = match fs::DirBuilder::new().mode(mode).create(folder) {
        // Said again, as the user's umask has taken from it.
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(mode)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    };
    created.map_err(|source| StackError::writing(folder, source))
}

/// Writes a file that only this user can read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), StackError> {
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| StackError::writing(path, source))
}

fn fits(folder: &Path) -> bool {
    folder.as_os_str().as_bytes().len() + "/.s.PGSQL.5432".len() <= SOCKET_PATH_MAX
}

fn lock(root: &Path) -> Result<Flock<File>, StackError> {
    let path = root.join("lock");
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|source| StackError::writing(root, source))?;
    let mut lock =
        Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(mut file, _)| {
            let mut pid = String::new();
            // Only for the message: the lock itself is what counts.
            let _ = file.read_to_string(&mut pid);
            StackError::InUse {
                folder: root.to_owned(),
                pid,
            }
        })?;
    lock.set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| write!(lock, "{}", std::process::id()))
        .map_err(|source| StackError::writing(root, source))?;
    Ok(lock)
}

fn check_room(root: &Path) -> Result<(), StackError> {
    let disk = statvfs(root).map_err(|errno| StackError::writing(root, errno.into()))?;
    let free_mib = disk.blocks_available() * disk.fragment_size() / (1024 * 1024);
    if free_mib < NEEDED_MIB {
        return Err(StackError::DiskFull {
            folder: root.to_owned(),
            free_mib,
            needed_mib: NEEDED_MIB,
        });
    }
    Ok(())
}
