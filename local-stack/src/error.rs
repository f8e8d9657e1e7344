use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// The programs that a local stack runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    Postgres,
    Nats,
}

impl Program {
    /// The oldest version that works: `[major, minor]`.
    ///
    /// NATS: message schedules came with 2.12 (ADR-51). Postgres: 14 is the
    /// oldest one still maintained.
    pub fn oldest(self) -> [u32; 2] {
        match self {
            Self::Postgres => [14, 0],
            Self::Nats => [2, 12],
        }
    }

    /// What to type or set to get it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Postgres => {
                "run `scripts/setup demo`, or install your system's Postgres server \
                 (Debian: postgresql; Homebrew: postgresql@18)"
            }
            Self::Nats => {
                "run `scripts/setup demo`, or put nats-server into the folder named by NARRATE_TOOLS"
            }
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "postgres",
            Self::Nats => "nats-server",
        })
    }
}

/// Why a local stack did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    #[error("{program} was not found; {}", program.remedy())]
    Missing { program: Program },

    #[error(
        "{program} {found} at {} is too old, at least {}.{} is needed; {}",
        path.display(), program.oldest()[0], program.oldest()[1], program.remedy()
    )]
    TooOld {
        program: Program,
        path: PathBuf,
        found: String,
    },

    #[error(
        "the data folder {} is in use by process {pid}; stop that one, or give this one another folder",
        folder.display()
    )]
    InUse { folder: PathBuf, pid: String },

    #[error("the folder {} cannot be written; make it writable, or choose another data folder", folder.display())]
    NotWritable {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error(
        "the disk that holds {} has {free_mib} MiB free and {needed_mib} MiB are needed; make room, or choose another data folder",
        folder.display()
    )]
    DiskFull {
        folder: PathBuf,
        free_mib: u64,
        needed_mib: u64,
    },

    #[error(
        "started as root, Postgres has to run as the user {user}, who may not enter {}; \
         choose a data folder elsewhere, such as /var/lib/narrateai, or run `chmod o+x {}`",
        folder.display(), folder.display()
    )]
    Closed { folder: PathBuf, user: String },

    #[error(
        "started as root, Postgres needs an unprivileged user and this system has neither postgres nor nobody; \
         create one with `useradd --system postgres`, or start as another user"
    )]
    NoAccount,

    #[error(
        "the data folder {} is damaged: {reason}; nothing was deleted: restore it from a backup, \
         or move it away and start again with an empty one",
        folder.display()
    )]
    Damaged { folder: PathBuf, reason: String },

    #[error(
        "the data folder {} was written by Postgres {written}, and only {found} was found; \
         install Postgres {written}, or move the folder away and start again with an empty one",
        folder.display()
    )]
    OtherVersion {
        folder: PathBuf,
        written: u32,
        found: String,
    },

    #[error("the database in {} could not be created: {reason}", folder.display())]
    NotCreated { folder: PathBuf, reason: String },

    #[error(
        "{program} did not start: {reason}; its log is {}, its data {}",
        log.display(), folder.display()
    )]
    DidNotStart {
        program: Program,
        reason: String,
        folder: PathBuf,
        log: PathBuf,
    },

    #[error("{program} ended {times} times in a row and is left stopped: {reason}; its log is {}", log.display())]
    KeepsEnding {
        program: Program,
        times: u32,
        reason: String,
        log: PathBuf,
    },
}

impl StackError {
    /// The server's own words, without where to look.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::DidNotStart { reason, .. } => reason,
            other => other.to_string(),
        }
    }

    /// Sorts what the system said about writing below `folder` into words that
    /// name a remedy.
    pub(crate) fn writing(folder: &Path, source: io::Error) -> Self {
        let full = [Errno::ENOSPC as i32, Errno::EDQUOT as i32];
        if source
            .raw_os_error()
            .is_some_and(|code| full.contains(&code))
        {
            return Self::DiskFull {
                folder: folder.to_owned(),
                free_mib: 0,
                needed_mib: crate::folder::NEEDED_MIB,
            };
        }
        Self::NotWritable {
            folder: folder.to_owned(),
            source,
        }
    }
}
