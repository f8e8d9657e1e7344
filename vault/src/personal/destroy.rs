//! Forgetting a person.

use domain::UserId;

use crate::{Vault, VaultError};

impl Vault {
    /// Destroys the key of `person`, for every process at once. Whatever was
    /// sealed for them opens as [`super::Opened::Erased`], and nothing more is
    /// sealed; nor does a person who never had a key get one after this. Again
    /// for the same person, it does nothing.
    ///
    /// What Postgres still has of the wrapped key is of use only to who has the
    /// master key that wrapped it:
    ///
    /// - The row as it was stays in the table until a `VACUUM`. It is done here,
    ///   and passes over rows that a transaction of before might read; those go
    ///   with the next one. What it frees is overwritten as the space is used.
    /// - The write-ahead log and backups have it until they expire. A backup that
    ///   is restored brings the key back, so who restores one destroys again the
    ///   keys of all whom the event log says were erased.
    ///
    /// [`Vault::rotate`] ends all of these, once the older master keys are
    /// removed wherever they are kept.
    pub async fn destroy(&self, person: UserId) -> Result<(), VaultError> {
        let destroyed = sqlx::query!(
            "INSERT INTO person_keys AS kept (person, destroyed_at) VALUES ($1, now())
             ON CONFLICT (person) DO UPDATE
             SET master_key = NULL, wrapped = NULL, destroyed_at = now()
             WHERE kept.destroyed_at IS NULL",
            person.0
        )
        .execute(&self.pool)
        .await?;
        if destroyed.rows_affected() == 1 {
            tracing::info!(person.id = %person, "the key of an erased person is destroyed");
        }
        self.vacuum().await;
        Ok(())
    }

    /// The key is destroyed without this, so it fails nothing.
    async fn vacuum(&self) {
        let vacuumed = sqlx::raw_sql("VACUUM person_keys")
            .execute(&self.pool)
            .await;
        if let Err(error) = vacuumed {
            tracing::warn!(
                %error,
                "rows of destroyed keys stay in the table person_keys until Postgres vacuums it"
            );
        }
    }
}
