//! Reading series. Every query says who is asking, and sees only theirs.

use domain::{SeriesId, UserId};
use sqlx::PgPool;
use uuid::Uuid;

use super::SeriesView;
use crate::{PageRequest, Paged};

#[derive(Clone)]
pub struct SeriesQueries {
    pool: PgPool,
}

impl SeriesQueries {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    pub async fn by_id(&self, viewer: UserId, id: SeriesId) -> sqlx::Result<Option<SeriesView>> {
        let found = self.by_ids(viewer, &[id]).await?;
        Ok(found.into_iter().next())
    }

    /// In no particular order; those that are not the viewer's are missing.
    pub async fn by_ids(&self, viewer: UserId, ids: &[SeriesId]) -> sqlx::Result<Vec<SeriesView>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = sqlx::query_scalar!(
            "SELECT document FROM series WHERE owner = $1 AND id = ANY($2)",
            viewer.0,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(document).collect()
    }

    /// Newest first; archived ones only when asked for.
    pub async fn page(
        &self,
        viewer: UserId,
        with_archived: bool,
        request: PageRequest,
    ) -> sqlx::Result<Paged<SeriesView>> {
        let (before, before_id, limit) = request.bounds();
        let rows = sqlx::query_scalar!(
            r#"SELECT document FROM series
               WHERE owner = $1
                 AND (NOT archived OR $2)
                 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
               ORDER BY created_at DESC, id DESC
               LIMIT $5"#,
            viewer.0,
            with_archived,
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

    pub async fn count(&self, viewer: UserId, with_archived: bool) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM series
               WHERE owner = $1 AND (NOT archived OR $2)"#,
            viewer.0,
            with_archived
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }
}

fn document(json: serde_json::Value) -> sqlx::Result<SeriesView> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
