//! The read models beside those of a replay: the same log, from its first event,
//! into a database where nothing was ever killed.

use std::sync::Arc;

use anyhow::ensure;
use projections::{Follower, Watermarks};
use sqlx::{AssertSqlSafe, PgPool};

use crate::setup::{Ground, Setup};

const DATABASE: &str = "replayed";
const TABLES: [&str; 4] = ["series", "videos", "video_timeline", "notifications"];

/// How many rows each table has, once they are known to be the same.
pub(super) async fn compare(
    setup: &Setup,
    ground: &Ground,
) -> anyhow::Result<Vec<(&'static str, i64)>> {
    let replayed = replay(setup, ground).await?;
    let mut found = Vec::new();
    for table in TABLES {
        let kept = digest(&ground.pool, table).await?;
        let pure = digest(&replayed, table).await?;
        ensure!(
            kept == pure,
            "{table}: {} rows with the checksum {}, a replay has {} with {}",
            kept.0,
            kept.1,
            pure.0,
            pure.1
        );
        found.push((table, kept.0));
    }
    replayed.close().await;
    Ok(found)
}

async fn replay(setup: &Setup, ground: &Ground) -> anyhow::Result<PgPool> {
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {DATABASE}")))
        .execute(&ground.pool)
        .await?;
    let options = ground.pool.connect_options();
    let pool = PgPool::connect_with(options.as_ref().clone().database(DATABASE)).await?;
    event_store::database::MIGRATOR.run(&pool).await?;
    let nats = setup.nats().await?;
    for projector in projections::projectors() {
        let follower = Follower::new(
            projector,
            Arc::clone(&ground.store),
            pool.clone(),
            nats.clone(),
            Setup::subjects(),
            Watermarks::new(pool.clone()),
        );
        follower.catch_up().await?;
    }
    Ok(pool)
}

/// Rows, and a checksum of them in whatever order.
async fn digest(pool: &PgPool, table: &str) -> sqlx::Result<(i64, String)> {
    sqlx::query_as(AssertSqlSafe(format!(
        "SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text
         FROM {table} AS row"
    )))
    .fetch_one(pool)
    .await
}
