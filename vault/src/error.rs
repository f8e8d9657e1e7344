//! What can go wrong, without a byte of what was to be kept secret.

use std::io;
use std::path::PathBuf;

use domain::UserId;

use crate::MasterKeyId;

/// Why something was not sealed, or does not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error(
        "the key of person {person} was destroyed when they were erased, so nothing more is \
         sealed for them"
    )]
    Erased { person: UserId },

    #[error(
        "{owner} is not in this database, though something is sealed under it; give the database \
         that belongs to the event log, or restore the tables person_keys and vault_keys"
    )]
    NoKey { owner: String },

    #[error("{what} does not open: it was changed, or belongs to another place")]
    Tampered { what: String },

    #[error(
        "{what} is sealed in a form that this version of the program does not know; run the \
         version that sealed it, or a later one"
    )]
    UnknownForm { what: String },

    #[error(
        "keys are wrapped by the master key {id}, which this process does not have; give it too, \
         after the current one: separated by commas in MASTER_KEY, one a line in the key file"
    )]
    UnknownMasterKey { id: MasterKeyId },

    #[error("the keys in the database cannot be reached")]
    Database(#[from] sqlx::Error),
}

/// Why a text is no list of master keys. Quotes nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{problem}; a master key is 32 random bytes in base64: make one with `openssl rand -base64 32` \
     (several are separated by commas or lines, the current one first)"
)]
pub struct MasterKeyError {
    problem: String,
}

impl MasterKeyError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
        }
    }
}

/// Why a key file is not used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error(
        "the key file {} may be used by others than its owner (mode {mode:03o}); type: chmod 600 {}",
        path.display(), path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },

    #[error(
        "the key file {} does not hold keys; restore it, as what was sealed opens with no other, \
         or remove it if nothing ever was",
        path.display()
    )]
    Malformed {
        path: PathBuf,
        #[source]
        source: MasterKeyError,
    },

    #[error("the key file {} can be neither read nor made", path.display())]
    Unusable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}
