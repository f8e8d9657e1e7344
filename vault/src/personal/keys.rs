//! The keys of persons. They are read anew each time: a copy in memory would
//! open what another process has destroyed the key of.

use std::collections::HashMap;

use domain::UserId;
use uuid::Uuid;

use crate::key::Key;
use crate::stored::{Owner, Wrapped};
use crate::{Vault, VaultError};

pub(super) enum PersonKey {
    Kept(Wrapped),
    Destroyed,
}

impl Vault {
    pub async fn has_key(&self, person: UserId) -> Result<bool, VaultError> {
        let keys = self.keys_of(&[person]).await?;
        Ok(matches!(keys.get(&person), Some(PersonKey::Kept(_))))
    }

    /// Whether the person was erased: nothing of theirs opens, or ever will.
    pub async fn is_destroyed(&self, person: UserId) -> Result<bool, VaultError> {
        let keys = self.keys_of(&[person]).await?;
        Ok(matches!(keys.get(&person), Some(PersonKey::Destroyed)))
    }

    pub(super) async fn key_to_seal_for(&self, person: UserId) -> Result<Key, VaultError> {
        let owner = Owner::Person(person);
        let mut keys = self.keys_of(&[person]).await?;
        if keys.is_empty() {
            let fresh = Key::fresh(&*self.entropy);
            let wrapped = Wrapped::new(&fresh, owner, &self.master, &*self.entropy);
            self.add(person, &wrapped).await?;
            // Whose key it is by now: another process may have been first.
            keys = self.keys_of(&[person]).await?;
        }
        match keys.get(&person) {
            None => Err(owner.missing()),
            Some(PersonKey::Destroyed) => Err(VaultError::Erased { person }),
            Some(PersonKey::Kept(wrapped)) => wrapped.unwrap(owner, &self.master),
        }
    }

    pub(super) async fn keys_of(
        &self,
        persons: &[UserId],
    ) -> Result<HashMap<UserId, PersonKey>, VaultError> {
        let persons: Vec<Uuid> = persons.iter().map(|person| person.0).collect();
        let rows = sqlx::query!(
            "SELECT person, master_key, wrapped FROM person_keys WHERE person = ANY($1)",
            &persons
        )
        .fetch_all(&self.pool)
        .await?;
        let keys = rows.into_iter().map(|row| {
            let key = match (row.master_key, row.wrapped) {
                (Some(master_key), Some(bytes)) => {
                    PersonKey::Kept(Wrapped::stored(master_key, bytes))
                }
                _ => PersonKey::Destroyed,
            };
            (UserId(row.person), key)
        });
        Ok(keys.collect())
    }

    async fn add(&self, person: UserId, wrapped: &Wrapped) -> sqlx::Result<()> {
        sqlx::query!(
            "INSERT INTO person_keys (person, master_key, wrapped) VALUES ($1, $2, $3)
             ON CONFLICT (person) DO NOTHING",
            person.0,
            wrapped.master_key.as_str(),
            wrapped.bytes
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
