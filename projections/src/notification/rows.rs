//! The rows of notifications and of videos' names.

use std::collections::HashMap;

use domain::UserId;
use event_store::Position;
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{NOTIFICATIONS, NotificationView};
use crate::ProjectionError;

/// All that was told of one video, which is gone.
pub(super) struct Withdrawn {
    pub(super) video: Uuid,
    pub(super) owner: UserId,
    /// Of the event that ended it.
    pub(super) position: Position,
}

pub(super) async fn names(
    tx: &mut Transaction<'_, Postgres>,
    videos: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, String)>> {
    if videos.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "SELECT video, name FROM video_names WHERE video = ANY($1)",
        videos
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.video, row.name)).collect())
}

/// Those of `ids`, and all that are about one of `videos`.
pub(super) async fn notifications(
    tx: &mut Transaction<'_, Postgres>,
    ids: &[Uuid],
    videos: &[Uuid],
) -> Result<Vec<NotificationView>, ProjectionError> {
    if ids.is_empty() && videos.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        "SELECT id, document FROM notifications WHERE id = ANY($1) OR video = ANY($2)",
        ids,
        videos
    )
    .fetch_all(&mut **tx)
    .await?;
    let view = |id, document| {
        serde_json::from_value(document).map_err(|source| ProjectionError::Document {
            noun: NOTIFICATIONS,
            id,
            source,
        })
    };
    rows.into_iter()
        .map(|row| view(row.id, row.document))
        .collect()
}

/// Writes the names that there are, and forgets those that are none.
pub(super) async fn store_names(
    tx: &mut Transaction<'_, Postgres>,
    names: &HashMap<Uuid, Option<String>>,
) -> sqlx::Result<()> {
    let mut kept = (Vec::new(), Vec::new());
    let mut gone = Vec::new();
    for (video, name) in names {
        match name {
            Some(name) => {
                kept.0.push(*video);
                kept.1.push(name.clone());
            }
            None => gone.push(*video),
        }
    }
    sqlx::query!(
        "INSERT INTO video_names (video, name)
         SELECT * FROM UNNEST($1::uuid[], $2::text[])
         ON CONFLICT (video) DO UPDATE SET name = excluded.name",
        &kept.0,
        &kept.1
    )
    .execute(&mut **tx)
    .await?;
    if !gone.is_empty() {
        sqlx::query!("DELETE FROM video_names WHERE video = ANY($1)", &gone)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn store(
    tx: &mut Transaction<'_, Postgres>,
    views: &[&NotificationView],
) -> sqlx::Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&NotificationView) -> Uuid| -> Vec<Uuid> {
        views.iter().map(|view| of(view)).collect()
    };
    let unread: Vec<bool> = views.iter().map(|view| view.read_at.is_none()).collect();
    let created_at: Vec<_> = views.iter().map(|view| view.created_at).collect();
    let position = |view: &&NotificationView| view.position.value.cast_signed();
    let positions: Vec<i64> = views.iter().map(position).collect();
    let documents: Vec<Json<&NotificationView>> = views.iter().copied().map(Json).collect();
    sqlx::query!(
        "INSERT INTO notifications (id, owner, video, unread, created_at, position, document)
         SELECT * FROM UNNEST(
             $1::uuid[], $2::uuid[], $3::uuid[], $4::bool[], $5::timestamptz[], $6::bigint[],
             $7::jsonb[])
         ON CONFLICT (id) DO UPDATE SET
             unread = excluded.unread,
             position = excluded.position,
             document = excluded.document",
        &column(|view| view.id.0),
        &column(|view| view.owner.0),
        &column(|view| view.video.0),
        &unread,
        &created_at,
        &positions,
        &documents as &[Json<&NotificationView>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nothing is left of what was told but that there was something.
pub(super) async fn withdraw(
    tx: &mut Transaction<'_, Postgres>,
    withdrawn: &[Withdrawn],
) -> sqlx::Result<()> {
    if withdrawn.is_empty() {
        return Ok(());
    }
    let videos: Vec<Uuid> = withdrawn.iter().map(|gone| gone.video).collect();
    let owners: Vec<Uuid> = withdrawn.iter().map(|gone| gone.owner.0).collect();
    let position = |gone: &Withdrawn| gone.position.value.cast_signed();
    let positions: Vec<i64> = withdrawn.iter().map(position).collect();
    sqlx::query!("DELETE FROM notifications WHERE video = ANY($1)", &videos)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "INSERT INTO withdrawn_notifications (video, owner, position)
         SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[])
         ON CONFLICT (video) DO NOTHING",
        &videos,
        &owners,
        &positions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
