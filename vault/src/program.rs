//! What the program seals for itself, and looks up without keeping it in the
//! clear. Each purpose has keys of its own, and what is sealed for one opens for
//! no other.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretSlice;

use crate::key::{Key, bound};
use crate::stored::{Owner, Wrapped};
use crate::{Vault, VaultError};

/// Goes before the nonce, ciphertext and tag.
const FORM: u8 = 1;

/// Keys of the program by their names. They are never destroyed, so they are
/// kept once they were read.
#[derive(Clone, Default)]
pub(crate) struct KnownKeys(Arc<Mutex<HashMap<String, Key>>>);

impl Vault {
    /// Seals `plain` under the key of `purpose`. It opens at the same `place`
    /// only: the id of its row, say.
    ///
    /// A key seals 2^32 times at most (see `Key::seal`): what is sealed for every
    /// request needs another way.
    pub async fn seal_secret(
        &self,
        purpose: &'static str,
        place: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let key = self.key_to_use(&sealing(purpose)).await?;
        let mut sealed = vec![FORM];
        sealed.extend(key.seal(&*self.entropy, &bound_to(purpose, place), plain));
        Ok(sealed)
    }

    pub async fn open_secret(
        &self,
        purpose: &'static str,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<SecretSlice<u8>, VaultError> {
        let what = || format!("a secret for {purpose}");
        let name = sealing(purpose);
        let Some((&FORM, sealed)) = sealed.split_first() else {
            return Err(VaultError::UnknownForm { what: what() });
        };
        let key = self.kept_key(&name).await?;
        let mut opened = key
            .ok_or_else(|| Owner::Program(&name).missing())?
            .open(&bound_to(purpose, place), sealed)
            .map_err(|_| VaultError::Tampered { what: what() })?;
        Ok(mem::take(&mut *opened).into())
    }

    /// HMAC-SHA-256 of `text` under a key of `purpose`: the same text is found by
    /// it, and it does not tell the text. Two spellings are two texts.
    pub async fn index(&self, purpose: &'static str, text: &str) -> Result<[u8; 32], VaultError> {
        let key = self.key_to_use(&format!("index/{purpose}")).await?;
        Ok(key.digest(text.as_bytes()))
    }

    /// The key of this name, made when there is none yet.
    async fn key_to_use(&self, name: &str) -> Result<Key, VaultError> {
        if let Some(key) = self.kept_key(name).await? {
            return Ok(key);
        }
        let owner = Owner::Program(name);
        let fresh = Key::fresh(&*self.entropy);
        let wrapped = Wrapped::new(&fresh, owner, &self.master, &*self.entropy);
        sqlx::query!(
            "INSERT INTO vault_keys (name, master_key, wrapped) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO NOTHING",
            name,
            wrapped.master_key.as_str(),
            wrapped.bytes
        )
        .execute(&self.pool)
        .await?;
        // Another process may have been first.
        self.kept_key(name).await?.ok_or_else(|| owner.missing())
    }

    async fn kept_key(&self, name: &str) -> Result<Option<Key>, VaultError> {
        if let Some(key) = self.known.get(name) {
            return Ok(Some(key));
        }
        let row = sqlx::query!(
            "SELECT master_key, wrapped FROM vault_keys WHERE name = $1",
            name
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let key = Wrapped::stored(row.master_key, row.wrapped)
            .unwrap(Owner::Program(name), &self.master)?;
        self.known.put(name, &key);
        Ok(Some(key))
    }
}

impl KnownKeys {
    fn get(&self, name: &str) -> Option<Key> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(name).cloned()
    }

    fn put(&self, name: &str, key: &Key) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(name.to_owned(), key.clone());
    }
}

/// Apart from the key that indexes for the same purpose: one key, one use.
fn sealing(purpose: &str) -> String {
    format!("sealing/{purpose}")
}

fn bound_to(purpose: &str, place: &[u8]) -> Vec<u8> {
    bound(&[b"narrate secret", purpose.as_bytes(), place])
}
