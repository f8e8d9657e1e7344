//! The right to work on a projection, held by one connection, which also does
//! the writing: when it is lost, both end.

use sqlx::pool::PoolConnection;
use sqlx::{Connection, PgPool, Postgres, Transaction};

use crate::version;

/// First key of the advisory locks of rebuilds: "proj" in ASCII.
const CLASS: i32 = 0x70_72_6f_6a;

pub(super) struct Lock {
    connection: PoolConnection<Postgres>,
}

impl Lock {
    /// None when another process has it.
    pub(super) async fn take(pool: &PgPool, projection: &str) -> sqlx::Result<Option<Self>> {
        let mut connection = pool.acquire().await?;
        // Closing it unlocks, whenever and however this ends.
        connection.close_on_drop();
        let held = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_lock($1, hashtext($2)) AS "held!""#,
            CLASS,
            projection
        )
        .fetch_one(&mut *connection)
        .await?;
        Ok(held.then_some(Self { connection }))
    }

    /// Now, and not whenever the server notices that the connection is closed.
    pub(super) async fn release(mut self) {
        let unlocked = sqlx::query!("SELECT pg_advisory_unlock_all()")
            .execute(&mut *self.connection)
            .await;
        if let Err(error) = unlocked {
            tracing::debug!(%error, "the lock of a rebuild goes with its connection");
        }
    }

    pub(super) fn connection(&mut self) -> &mut PoolConnection<Postgres> {
        &mut self.connection
    }

    pub(super) async fn begin(&mut self) -> sqlx::Result<Transaction<'_, Postgres>> {
        self.connection.begin().await
    }

    pub(super) async fn drop_version(
        &mut self,
        projection: &str,
        version: u32,
    ) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        version::drop_tables(&mut tx, projection, version).await?;
        tx.commit().await
    }
}
