//! Reading videos. Every query says who is asking, and sees only theirs.

use domain::{SeriesId, UserId, VideoId};
use event_store::Position;
use sqlx::PgPool;
use uuid::Uuid;

use super::{TimelineEntry, VIDEOS, VideoStatus, VideoView};
use crate::{PageRequest, Paged, checkpoint};

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

    /// What the answers of this moment reflect.
    pub async fn position(&self) -> sqlx::Result<Option<Position>> {
        checkpoint::load(&self.pool, VIDEOS).await
    }
}

fn document(json: serde_json::Value) -> sqlx::Result<VideoView> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
