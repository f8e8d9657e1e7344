//! How far a follower has come, advanced only by who held it before.

use event_store::Position;
use sqlx::{PgPool, Postgres, Transaction};

/// The checkpoint of `name`, if it was ever set.
pub async fn load(pool: &PgPool, name: &str) -> sqlx::Result<Option<Position>> {
    let row = sqlx::query!(
        "SELECT epoch, position FROM checkpoints WHERE name = $1",
        name
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Position {
        epoch: row.epoch,
        value: row.position as u64,
    }))
}

/// Sets the first checkpoint of `name`; an existing one stays.
pub async fn init(pool: &PgPool, name: &str, at: Position) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO checkpoints (name, epoch, position) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO NOTHING",
        name,
        at.epoch,
        at.value as i64
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Moves `name` from `from` to `to` within `tx`. False when it is no longer at
/// `from`: another process is ahead, and `tx` must be rolled back.
pub async fn advance(
    tx: &mut Transaction<'_, Postgres>,
    name: &str,
    from: Position,
    to: Position,
) -> sqlx::Result<bool> {
    let moved = sqlx::query!(
        "UPDATE checkpoints SET position = $4, updated_at = now()
         WHERE name = $1 AND epoch = $2 AND position = $3",
        name,
        from.epoch,
        from.value as i64,
        to.value as i64
    )
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}
