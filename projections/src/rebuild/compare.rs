//! Whether two versions hold the same rows, without stopping either.
//!
//! The live version is digested in one snapshot, which also tells its position;
//! the other is then brought to just that position and digested too. A digest
//! is the number of rows and the sum of their hashes, so order plays no part.

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
        while self.is_wanted().await? {
            let pool = &self.rebuilder.pool;
            let Some(live) = version::live(pool, self.rebuilder.projector.name()).await? else {
                return Ok(None);
            };
            if live.logic != self.part.at.logic {
                return Ok(Some(Comparison::NotCompared));
            }
            self.catch_up_to(live.position).await?;
            let Some((position, expected)) = self.digest_of_live(live.version).await? else {
                continue;
            };
            self.catch_up_to(position).await?;
            if self.part.at.position != position {
                // It came further than the live version, whose follower is to go on.
                tokio::time::sleep(LOOK_EVERY).await;
                continue;
            }
            let tables = self.rebuilder.projector.tables();
            let found = digest(self.lock.connection(), &self.part.schema, tables).await?;
            return Ok(Some(if found == expected {
                Comparison::Same
            } else {
                Comparison::Differs
            }));
        }
        Ok(None)
    }

    /// None when `version` is live no more.
    async fn digest_of_live(
        &self,
        version: u32,
    ) -> Result<Option<(Position, Digest)>, RebuildError> {
        let mut snapshot = self.rebuilder.pool.begin_with(SNAPSHOT).await?;
        let at = sqlx::query!(
            "SELECT epoch, position FROM checkpoints WHERE name = $1 AND version = $2",
            self.rebuilder.projector.name(),
            version.cast_signed()
        )
        .fetch_optional(&mut *snapshot)
        .await?;
        let Some(at) = at else {
            return Ok(None);
        };
        let position = Position {
            epoch: at.epoch,
            value: at.position.cast_unsigned(),
        };
        let tables = self.rebuilder.projector.tables();
        let digest = digest(&mut snapshot, LIVE_SCHEMA, tables).await?;
        snapshot.commit().await?;
        Ok(Some((position, digest)))
    }
}

async fn digest(
    connection: &mut PgConnection,
    schema: &str,
    tables: &[&str],
) -> sqlx::Result<Digest> {
    let mut digest = Digest::new();
    for table in tables {
        let statement = format!(
            "SELECT count(*), COALESCE(sum(hashtextextended(t::text, 0)), 0)::text
             FROM {schema}.{table} t"
        );
        let row = sqlx::query(AssertSqlSafe(statement))
            .fetch_one(&mut *connection)
            .await?;
        digest.push((row.try_get(0)?, row.try_get(1)?));
    }
    Ok(digest)
}
