//! Reading series. Every query says who is asking, and sees only theirs.

use std::sync::Arc;

use domain::{SeriesId, UserId};
use event_store::Position;
use sqlx::PgPool;
use uuid::Uuid;

use super::{SERIES, SeriesView};
use crate::{Change, PageRequest, Paged, checkpoint};

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

    /// Up to `limit` series that changed after `after`, each as it is now, in the
    /// order of their last changes.
    pub async fn changes_after(
        &self,
        viewer: UserId,
        after: Position,
        limit: u16,
    ) -> sqlx::Result<Vec<Change<SeriesView>>> {
        let rows = sqlx::query_scalar!(
            "SELECT document FROM series
             WHERE owner = $1 AND position > $2
             ORDER BY position
             LIMIT $3",
            viewer.0,
            after.value.cast_signed(),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        let change = |view: SeriesView| Change {
            id: view.id.0,
            series: Some(view.id),
            position: view.position,
            view: Some(Arc::new(view)),
        };
        rows.into_iter()
            .map(|row| document(row).map(change))
            .collect()
    }

    /// How many changed after `after`, counted up to `most`.
    pub async fn count_after(
        &self,
        viewer: UserId,
        after: Position,
        most: u16,
    ) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT FROM series WHERE owner = $1 AND position > $2 LIMIT $3) AS changed"#,
            viewer.0,
            after.value.cast_signed(),
            i64::from(most)
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }

    /// What the answers of this moment reflect.
    pub async fn position(&self) -> sqlx::Result<Option<Position>> {
        checkpoint::load(&self.pool, SERIES).await
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
