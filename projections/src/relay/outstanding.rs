//! The stages that workers owe, by the read model, and the deletions that may
//! not have reached them.

use chrono::{DateTime, Utc};
use domain::{Stage, VideoId};
use sqlx::PgPool;
use uuid::Uuid;

/// A video on its way.
#[derive(Debug, Clone)]
pub(super) struct Outstanding {
    pub(super) video: VideoId,
    pub(super) stage: Stage,
    /// When something last happened to it, or is to happen next.
    pub(super) since: DateTime<Utc>,
}

/// Up to `limit` videos on their way, from the one after `after` on.
pub(super) async fn page(
    pool: &PgPool,
    after: VideoId,
    limit: i64,
) -> sqlx::Result<Vec<Outstanding>> {
    let rows = sqlx::query!(
        r#"SELECT id, document->>'stage' AS stage,
               GREATEST((document->>'updated_at')::timestamptz,
                        (document->>'retry_at')::timestamptz) AS "since!"
           FROM videos
           WHERE status IN ('queued', 'generating') AND id > $1
           ORDER BY id
           LIMIT $2"#,
        after.0,
        limit
    )
    .fetch_all(pool)
    .await?;
    let outstanding = rows.into_iter().filter_map(|row| {
        Some(Outstanding {
            video: VideoId(row.id),
            stage: row.stage?.parse().ok()?,
            since: row.since,
        })
    });
    Ok(outstanding.collect())
}

/// Up to `limit` videos that were deleted since `since`, in the order of their
/// ids, from the one after `after` on.
pub(super) async fn deleted(
    pool: &PgPool,
    since: DateTime<Utc>,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM deleted_videos WHERE deleted_at > $1 AND id > $2 ORDER BY id LIMIT $3",
        since,
        after,
        limit
    )
    .fetch_all(pool)
    .await
}
