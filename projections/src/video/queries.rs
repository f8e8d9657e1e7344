//! Reading videos. Every query says who is asking, and sees only theirs.

use std::sync::Arc;

use domain::{SeriesId, UserId, VideoId};
use event_store::Position;
use sqlx::PgPool;
use uuid::Uuid;

use super::{TimelineEntry, VIDEOS, VideoStatus, VideoView};
use crate::{Change, PageRequest, Paged, checkpoint};

/// Which videos of a list are wanted; what is `None` does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct VideoFilter {
    pub series: Option<SeriesId>,
    pub status: Option<VideoStatus>,
}

#[derive(Clone)]
pub struct VideoQueries {
    pool: PgPool,
}

impl VideoQueries {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    pub async fn by_id(&self, viewer: UserId, id: VideoId) -> sqlx::Result<Option<VideoView>> {
        let found = self.by_ids(viewer, &[id]).await?;
        Ok(found.into_iter().next())
    }

    /// In no particular order; those that are not the viewer's are missing.
    pub async fn by_ids(&self, viewer: UserId, ids: &[VideoId]) -> sqlx::Result<Vec<VideoView>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = sqlx::query_scalar!(
            "SELECT document FROM videos WHERE owner = $1 AND id = ANY($2)",
            viewer.0,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(document).collect()
    }

    /// Newest first.
    pub async fn page(
        &self,
        viewer: UserId,
        filter: &VideoFilter,
        request: PageRequest,
    ) -> sqlx::Result<Paged<VideoView>> {
        let (before, before_id, limit) = request.bounds();
        let rows = sqlx::query_scalar!(
            r#"SELECT document FROM videos
               WHERE owner = $1
                 AND ($2::uuid IS NULL OR series = $2)
                 AND ($3::text IS NULL OR status = $3)
                 AND ($4::timestamptz IS NULL OR (requested_at, id) < ($4, $5::uuid))
               ORDER BY requested_at DESC, id DESC
               LIMIT $6"#,
            viewer.0,
            filter.series.map(|id| id.0),
            filter.status.map(VideoStatus::slug),
            before,
            before_id,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let items = rows
            .into_iter()
            .map(document)
            .collect::<sqlx::Result<_>>()?;
        Ok(Paged::cut(items, request.limit))
    }

    pub async fn count(&self, viewer: UserId, filter: &VideoFilter) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM videos
               WHERE owner = $1
                 AND ($2::uuid IS NULL OR series = $2)
                 AND ($3::text IS NULL OR status = $3)"#,
            viewer.0,
            filter.series.map(|id| id.0),
            filter.status.map(VideoStatus::slug),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }

    /// Every event of a video from `after` (exclusive) on, oldest first.
    pub async fn timeline(
        &self,
        viewer: UserId,
        id: VideoId,
        after: Option<u64>,
        limit: u16,
    ) -> sqlx::Result<Vec<TimelineEntry>> {
        let after = after.map_or(-1, |revision| revision as i64);
        let rows = sqlx::query!(
            "SELECT revision, position, type_name, occurred_at, actor, summary, data
             FROM video_timeline
             WHERE owner = $1 AND video = $2 AND revision > $3
             ORDER BY revision
             LIMIT $4",
            viewer.0,
            id.0,
            after,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        let entry = rows.into_iter().map(|row| TimelineEntry {
            revision: row.revision as u64,
            position: row.position,
            type_name: row.type_name,
            occurred_at: row.occurred_at,
            actor: row.actor,
            summary: row.summary,
            data: row.data,
        });
        Ok(entry.collect())
    }

    /// Up to `limit` videos that changed or were deleted after `after`, each as
    /// it is now, in the order of their last changes.
    pub async fn changes_after(
        &self,
        viewer: UserId,
        after: Position,
        limit: u16,
    ) -> sqlx::Result<Vec<Change<VideoView>>> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id!", series, position AS "position!", document FROM (
                   (SELECT id, series, position, document FROM videos
                    WHERE owner = $1 AND position > $2 ORDER BY position LIMIT $3)
                   UNION ALL
                   (SELECT id, series, position, NULL FROM deleted_videos
                    WHERE owner = $1 AND position > $2 ORDER BY position LIMIT $3)
               ) AS changed
               ORDER BY position
               LIMIT $3"#,
            viewer.0,
            after.value.cast_signed(),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        let changes = rows.into_iter().map(|row| {
            let view = row.document.map(document).transpose()?;
            Ok(Change {
                id: row.id,
                series: row.series.map(SeriesId),
                position: Position {
                    epoch: after.epoch,
                    value: row.position.cast_unsigned(),
                },
                view: view.map(Arc::new),
            })
        });
        changes.collect()
    }

    /// How many changed or were deleted after `after`, counted up to `most`.
    pub async fn count_after(
        &self,
        viewer: UserId,
        after: Position,
        most: u16,
    ) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT FROM videos WHERE owner = $1 AND position > $2
                   UNION ALL
                   SELECT FROM deleted_videos WHERE owner = $1 AND position > $2
                   LIMIT $3
               ) AS changed"#,
            viewer.0,
            after.value.cast_signed(),
            i64::from(most)
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }

    /// Whether there was such a video of the viewer's, and it was deleted.
    pub async fn was_deleted(&self, viewer: UserId, id: VideoId) -> sqlx::Result<bool> {
        sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM deleted_videos WHERE owner = $1 AND id = $2) AS "was_deleted!""#,
            viewer.0,
            id.0
        )
        .fetch_one(&self.pool)
        .await
    }

    /// What the answers of this moment reflect.
    pub async fn position(&self) -> sqlx::Result<Option<Position>> {
        checkpoint::load(&self.pool, VIDEOS).await
    }
}

fn document(json: serde_json::Value) -> sqlx::Result<VideoView> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
