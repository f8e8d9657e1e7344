//! Whether two versions hold the same rows, without stopping either.
//!
//! A snapshot holds the live version still, as it was at one position; the other
//! is brought to just that position, and both are digested at once. A digest is
//! the number of rows and the sum of their hashes, so order plays no part.

use std::time::Duration;

use domain::projection::Comparison;
use event_store::Position;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::RebuildError;
use super::builder::Builder;
use crate::version;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How often to look whether the live version has come as far.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LIVE_SCHEMA: &str = "public";

/// Rows and the sum of their hashes, table by table.
type Digest = Vec<(i64, String)>;

impl Builder<'_> {
    /// None when it is no longer wanted.
    pub(super) async fn compare(&mut self) -> Result<Option<Comparison>, RebuildError> {
        let name = self.rebuilder.projector.name();
        while self.is_wanted().await? {
            let Some(live) = version::live(&self.rebuilder.pool, name).await? else {
                return Ok(None);
            };
            if live.logic != self.part.at.logic {
                return Ok(Some(Comparison::NotCompared));
            }
            self.catch_up_to(live.position).await?;
            let mut snapshot = self.rebuilder.pool.begin_with(SNAPSHOT).await?;
            let Some(position) = position(&mut snapshot, name, live.version).await? else {
                continue;
            };
            self.catch_up_to(position).await?;
            if self.part.at.position != position {
                // It came further than the live version, whose follower is to go on.
                drop(snapshot);
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            }
            let tables = self.rebuilder.projector.tables();
            let (expected, found) = tokio::try_join!(
                digest(&mut snapshot, LIVE_SCHEMA, tables),
                digest(self.lock.connection(), &self.part.schema, tables),
            )?;
            return Ok(Some(if found == expected {
                Comparison::Same
            } else {
                Comparison::Differs
            }));
        }
        Ok(None)
    }
}

/// Where the live version is; none when it is `version` no more.
async fn position(
    connection: &mut PgConnection,
    projection: &str,
    version: u32,
) -> sqlx::Result<Option<Position>> {
    let row = sqlx::query!(
        "SELECT epoch, position FROM checkpoints WHERE name = $1 AND version = $2",
        projection,
        version.cast_signed()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Position {
        epoch: row.epoch,
        value: row.position.cast_unsigned(),
    }))
}

async fn digest(
    connection: &mut PgConnection,
    schema: &str,
    tables: &[&str],
) -> sqlx::Result<Digest> {
    let mut digest = Digest::new();
    for table in tables {
        let statement = format!(
            "SELECT count(*), COALESCE(sum(hash_record_extended(t, 0)), 0)::text
             FROM {schema}.{table} t"
        );
        let row = sqlx::query(AssertSqlSafe(statement))
            .fetch_one(&mut *connection)
            .await?;
        digest.push((row.try_get(0)?, row.try_get(1)?));
    }
    Ok(digest)
}
