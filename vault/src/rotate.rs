//! From an older master key to the current one.
//!
//! 1. Put the new key in front of the older ones ([`MasterKeys::add_to_file`],
//!    or `MASTER_KEY=new,old`) and start every process anew, so that each has
//!    both.
//! 2. [`Vault::rotate`] wraps anew what an older key has wrapped. What was sealed
//!    stays as it is.
//! 3. When [`Vault::master_keys_in_use`] names the current one alone, the older
//!    keys may be removed.
//!
//! [`MasterKeys::add_to_file`]: crate::MasterKeys::add_to_file

use domain::UserId;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::stored::{Owner, Wrapped};
use crate::{MasterKeyId, Vault, VaultError};

/// Rows of one transaction.
const BATCH: i64 = 100;

/// What a rotation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    pub rewrapped: u64,
    /// Keys that did not unwrap: their rows were changed, and stay as they are.
    pub unreadable: u64,
}

impl Vault {
    /// The master keys that wrap any key now, also those this process does not
    /// have. No other is needed.
    pub async fn master_keys_in_use(&self) -> Result<Vec<MasterKeyId>, VaultError> {
        let ids = sqlx::query_scalar!(
            r#"SELECT master_key AS "id!" FROM person_keys WHERE master_key IS NOT NULL
               UNION SELECT master_key FROM vault_keys
               ORDER BY 1"#
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(MasterKeyId::stored).collect())
    }

    /// Wraps every key by the current master key. `progress` hears how many are
    /// done, and of how many.
    ///
    /// A row goes from one master key to the other in one step, so whoever has
    /// both reads it at any time, and a rotation that was cut short is finished
    /// by another. Two at once share the work.
    pub async fn rotate(&self, mut progress: impl FnMut(u64, u64)) -> Result<Rotated, VaultError> {
        self.check_master_keys().await?;
        let total = self.not_current().await?;
        let mut rewrapped = 0;
        loop {
            let mut pass = self.rotate_program_keys().await?;
            let mut after = None;
            progress(rewrapped + pass.rewrapped, total);
            while let Some((last, batch)) = self.rotate_persons_after(after).await? {
                pass.rewrapped += batch.rewrapped;
                pass.unreadable += batch.unreadable;
                after = Some(last);
                progress(rewrapped + pass.rewrapped, total);
            }
            rewrapped += pass.rewrapped;
            // A process that has the older key in front adds keys meanwhile,
            // before and behind where this is.
            if pass.rewrapped == 0 {
                return Ok(Rotated { rewrapped, ..pass });
            }
        }
    }

    async fn not_current(&self) -> Result<u64, VaultError> {
        let count = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM person_keys WHERE master_key <> $1)
                    + (SELECT count(*) FROM vault_keys WHERE master_key <> $1) AS "count!""#,
            self.master.current_id().as_str()
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }

    /// All in one transaction: there are as many as there are purposes.
    async fn rotate_program_keys(&self) -> Result<Rotated, VaultError> {
        let current = self.master.current_id().as_str();
        let mut tx = self.pool.begin().await?;
        let rows = sqlx::query!(
            "SELECT name, master_key, wrapped FROM vault_keys
             WHERE master_key <> $1 ORDER BY name FOR UPDATE",
            current
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut rotated = Rotated::default();
        for row in rows {
            let kept = Wrapped::stored(row.master_key, row.wrapped);
            let Some(anew) = self.rewrap(Owner::Program(&row.name), &kept, &mut rotated)? else {
                continue;
            };
            sqlx::query!(
                "UPDATE vault_keys SET master_key = $1, wrapped = $2 WHERE name = $3",
                current,
                anew,
                row.name
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(rotated)
    }

    /// The next batch, and the last person in it; none when there are no more.
    async fn rotate_persons_after(
        &self,
        after: Option<Uuid>,
    ) -> Result<Option<(Uuid, Rotated)>, VaultError> {
        let current = self.master.current_id().as_str();
        let mut tx = self.pool.begin().await?;
        // In order, so that two rotations never wait for each other in a ring.
        let rows = sqlx::query!(
            r#"SELECT person, master_key AS "master_key!", wrapped AS "wrapped!"
               FROM person_keys
               WHERE master_key <> $1 AND ($2::uuid IS NULL OR person > $2)
               ORDER BY person LIMIT $3 FOR UPDATE"#,
            current,
            after,
            BATCH
        )
        .fetch_all(&mut *tx)
        .await?;
        let Some(last) = rows.last().map(|row| row.person) else {
            return Ok(None);
        };
        let mut rotated = Rotated::default();
        let (mut persons, mut wrapped) = (Vec::new(), Vec::new());
        for row in rows {
            let kept = Wrapped::stored(row.master_key, row.wrapped);
            let owner = Owner::Person(UserId(row.person));
            if let Some(anew) = self.rewrap(owner, &kept, &mut rotated)? {
                persons.push(row.person);
                wrapped.push(anew);
            }
        }
        put(&mut tx, current, &persons, &wrapped).await?;
        tx.commit().await?;
        Ok(Some((last, rotated)))
    }

    /// None when the row was changed, which must not keep the others waiting.
    fn rewrap(
        &self,
        owner: Owner<'_>,
        kept: &Wrapped,
        rotated: &mut Rotated,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        match kept.unwrap(owner, &self.master) {
            Ok(key) => {
                rotated.rewrapped += 1;
                let anew = Wrapped::new(&key, owner, &self.master, &*self.entropy);
                Ok(Some(anew.bytes))
            }
            Err(error @ VaultError::Tampered { .. }) => {
                tracing::error!(%error, "a key cannot be wrapped anew; restore its row");
                rotated.unreadable += 1;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Their rows are locked by `tx`.
async fn put(
    tx: &mut Transaction<'_, Postgres>,
    master_key: &str,
    persons: &[Uuid],
    wrapped: &[Vec<u8>],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE person_keys AS kept SET master_key = $1, wrapped = anew.wrapped
         FROM UNNEST($2::uuid[], $3::bytea[]) AS anew (person, wrapped)
         WHERE kept.person = anew.person",
        master_key,
        persons,
        wrapped
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
