//! Whether the read models were made from the log that is there now.

use sqlx::PgPool;
use uuid::Uuid;

/// Why the program must not go on with this log and this database.
#[derive(Debug, thiserror::Error)]
pub enum LogCheckError {
    #[error(
        "the read models in this database follow another event log ({found}) than the one that \
         is configured ({epoch}): {}; set EVENT_STORE_URL as it was when they were made, or, to \
         begin with this log, use an empty database (DATABASE_URL) or data folder (--data)",
        followers.join(", ")
    )]
    OtherLog {
        epoch: Uuid,
        found: Uuid,
        /// Whose checkpoints say so.
        followers: Vec<String>,
    },
    #[error("the checkpoints could not be read")]
    Database(#[from] sqlx::Error),
}

/// Fails when a checkpoint is not of the log whose epoch is `epoch`: whoever
/// followed one log has nothing to say about another.
pub async fn check_log(pool: &PgPool, epoch: Uuid) -> Result<(), LogCheckError> {
    let others = sqlx::query!(
        "SELECT name, epoch FROM checkpoints WHERE epoch <> $1 ORDER BY name",
        epoch
    )
    .fetch_all(pool)
    .await?;
    match others.first() {
        None => Ok(()),
        Some(first) => Err(LogCheckError::OtherLog {
            epoch,
            found: first.epoch,
            followers: others.iter().map(|other| other.name.clone()).collect(),
        }),
    }
}
