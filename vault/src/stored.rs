//! Keys as the database holds them: wrapped by a master key, and bound to their
//! row, so that a key that was moved to another row does not unwrap.

use std::fmt;

use domain::UserId;

use crate::key::{Key, bound};
use crate::{Entropy, MasterKeyId, MasterKeys, VaultError};

/// Whose key a row holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    Person(UserId),
    Program(&'a str),
}

/// A key that only a master key unwraps.
#[derive(Debug, Clone)]
pub(crate) struct Wrapped {
    pub(crate) master_key: MasterKeyId,
    pub(crate) bytes: Vec<u8>,
}

impl Wrapped {
    pub(crate) fn new(
        key: &Key,
        owner: Owner<'_>,
        master: &MasterKeys,
        entropy: &dyn Entropy,
    ) -> Self {
        let bytes = master.current().seal(entropy, &owner.bound(), key.expose());
        Self {
            master_key: master.current_id().clone(),
            bytes,
        }
    }

    pub(crate) fn stored(master_key: String, bytes: Vec<u8>) -> Self {
        Self {
            master_key: MasterKeyId::stored(master_key),
            bytes,
        }
    }

    pub(crate) fn unwrap(&self, owner: Owner<'_>, master: &MasterKeys) -> Result<Key, VaultError> {
        master
            .get(&self.master_key)?
            .open(&owner.bound(), &self.bytes)
            .ok()
            .and_then(|opened| Key::from_bytes(&opened))
            .ok_or_else(|| VaultError::Tampered {
                what: owner.to_string(),
            })
    }
}

impl Owner<'_> {
    pub(crate) fn missing(self) -> VaultError {
        VaultError::NoKey {
            owner: self.to_string(),
        }
    }

    fn bound(self) -> Vec<u8> {
        match self {
            Self::Person(person) => bound(&[b"narrate person key", person.0.as_bytes()]),
            Self::Program(name) => bound(&[b"narrate program key", name.as_bytes()]),
        }
    }
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "the key of person {person}"),
            Self::Program(name) => write!(f, "the program's key {name}"),
        }
    }
}
