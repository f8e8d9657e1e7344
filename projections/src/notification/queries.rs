//! Reading inboxes. Every query says who is asking, and sees only theirs.

use std::sync::Arc;

use domain::{NotificationId, UserId};
use event_store::Position;
use sqlx::PgPool;
use uuid::Uuid;

use super::{NOTIFICATIONS, NotificationView};
use crate::{Change, PageRequest, Paged, checkpoint};

/// Which notifications of an inbox are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct NotificationFilter {
    pub unread_only: bool,
}

#[derive(Clone)]
pub struct NotificationQueries {
    pool: PgPool,
}

impl NotificationQueries {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Newest first.
    pub async fn page(
        &self,
        viewer: UserId,
        filter: NotificationFilter,
        request: PageRequest,
    ) -> sqlx::Result<Paged<NotificationView>> {
        let (before, before_id, limit) = request.bounds();
        let rows = sqlx::query_scalar!(
            "SELECT document FROM notifications
               WHERE owner = $1
                 AND (unread OR NOT $2)
                 AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::uuid))
               ORDER BY created_at DESC, id DESC
               LIMIT $5",
            viewer.0,
            filter.unread_only,
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

    pub async fn count(&self, viewer: UserId, filter: NotificationFilter) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM notifications
               WHERE owner = $1 AND (unread OR NOT $2)"#,
            viewer.0,
            filter.unread_only
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count as u64)
    }

    /// Those of `ids` that are in the viewer's inbox.
    pub async fn known(
        &self,
        viewer: UserId,
        ids: &[NotificationId],
    ) -> sqlx::Result<Vec<NotificationId>> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = sqlx::query_scalar!(
            "SELECT id FROM notifications WHERE owner = $1 AND id = ANY($2)",
            viewer.0,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(NotificationId).collect())
    }

    /// Up to `limit` that the viewer has not read, the newest first, which this
    /// inbox had when it reflected `until`.
    pub async fn unread(
        &self,
        viewer: UserId,
        until: Option<Position>,
        limit: usize,
    ) -> sqlx::Result<Vec<NotificationId>> {
        let rows = sqlx::query_scalar!(
            "SELECT id FROM notifications
             WHERE owner = $1 AND unread AND ($2::bigint IS NULL OR position <= $2)
             ORDER BY created_at DESC, id DESC
             LIMIT $3",
            viewer.0,
            until.map(|until| until.value.cast_signed()),
            i64::try_from(limit).unwrap_or(i64::MAX)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(NotificationId).collect())
    }

    /// Up to `limit` notifications that came or were read after `after`, each as
    /// it is now, and the videos of those that went, in the order of their last
    /// changes.
    pub async fn changes_after(
        &self,
        viewer: UserId,
        after: Position,
        limit: u16,
    ) -> sqlx::Result<Vec<Change<NotificationView>>> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id!", position AS "position!", document FROM (
                   (SELECT id, position, document FROM notifications
                    WHERE owner = $1 AND position > $2 ORDER BY position LIMIT $3)
                   UNION ALL
                   (SELECT video, position, NULL FROM withdrawn_notifications
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
                series: None,
                position: Position {
                    epoch: after.epoch,
                    value: row.position.cast_unsigned(),
                },
                view: view.map(Arc::new),
            })
        });
        changes.collect()
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
                   SELECT FROM notifications WHERE owner = $1 AND position > $2
                   UNION ALL
                   SELECT FROM withdrawn_notifications WHERE owner = $1 AND position > $2
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

    /// What the answers of this moment reflect.
    pub async fn position(&self) -> sqlx::Result<Option<Position>> {
        checkpoint::load(&self.pool, NOTIFICATIONS).await
    }
}

fn document(json: serde_json::Value) -> sqlx::Result<NotificationView> {
    serde_json::from_value(json).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
