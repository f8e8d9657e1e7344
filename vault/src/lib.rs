//! Everything the program seals: personal data in events, its own secrets, and
//! the keys of both.
//!
//! A master key, which never leaves the process's memory and its key file,
//! wraps one key a person and one a purpose; those seal. The wrapped keys are in
//! Postgres. Destroying a person's key forgets the person, in every copy of the
//! log at once. Nothing here knows what an account is, or what is sealed.
//!
//! To seal for another purpose: call [`Vault::seal_secret`] or [`Vault::index`]
//! with its name. Its key is made when it is first used.

mod entropy;
mod error;
mod key;
mod key_file;
mod master;
mod personal;
mod program;
mod rotate;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;

use std::sync::Arc;

use sqlx::PgPool;

pub use entropy::{Entropy, SystemEntropy};
pub use error::{KeyFileError, MasterKeyError, VaultError};
pub use master::{MasterKeyId, MasterKeys};
pub use personal::{Opened, Place};
pub use rotate::Rotated;

use program::KnownKeys;

/// Seals and opens. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pool: PgPool,
    master: MasterKeys,
    entropy: Arc<dyn Entropy>,
    known: KnownKeys,
}

impl Vault {
    /// Refuses to begin where a master key is missing that keys are wrapped by:
    /// what it seals from then on would be under another than the rest.
    pub async fn open(
        pool: PgPool,
        master: MasterKeys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, VaultError> {
        let vault = Self {
            pool,
            master,
            entropy,
            known: KnownKeys::default(),
        };
        vault.check_master_keys().await?;
        Ok(vault)
    }

    /// The one that wraps what is new.
    pub fn current_master_key(&self) -> &MasterKeyId {
        self.master.current_id()
    }

    async fn check_master_keys(&self) -> Result<(), VaultError> {
        for id in self.master_keys_in_use().await? {
            self.master.get(&id)?;
        }
        Ok(())
    }
}
