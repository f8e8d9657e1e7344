//! What the announcer writes: a delivery for each endpoint that wants it.

use chrono::{DateTime, Utc};
use domain::{NotificationChannel, UserId};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::payload;
use crate::announcer::Announcement;
use crate::preferences::wants;

pub(crate) async fn write(
    tx: &mut Transaction<'_, Postgres>,
    announcement: &Announcement,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let kind = announcement.notice.kind;
    let event = &announcement.event;
    if !wants(tx, announcement.owner, kind, NotificationChannel::Webhook).await? {
        return Ok(());
    }
    let endpoints = sqlx::query_scalar!(
        "SELECT id FROM webhook_endpoints
         WHERE owner = $1 AND disabled_at IS NULL AND $2 = ANY(kinds)",
        announcement.owner.0,
        kind.slug()
    )
    .fetch_all(&mut **tx)
    .await?;
    if endpoints.is_empty() {
        return Ok(());
    }
    // The same event tells the same endpoint the same message.
    let ids: Vec<Uuid> = endpoints
        .iter()
        .map(|endpoint| Uuid::new_v5(endpoint, event.id.as_bytes()))
        .collect();
    sqlx::query!(
        "INSERT INTO webhook_deliveries (
             id, endpoint, notification, video, event_type, body, state, created_at,
             round_began_at, next_attempt_at)
         SELECT id, endpoint, $3::uuid, $4::uuid, $5::text, $6::text, 'pending',
             $7::timestamptz, $7, $7
         FROM UNNEST($1::uuid[], $2::uuid[]) AS told (id, endpoint)
         ON CONFLICT DO NOTHING",
        &ids,
        &endpoints,
        event.id,
        event.stream.id,
        payload::event_type(kind),
        payload::of(announcement),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(crate) async fn forget_video(
    tx: &mut Transaction<'_, Postgres>,
    video: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM webhook_deliveries WHERE video = $1", video)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(crate) async fn forget_person(
    tx: &mut Transaction<'_, Postgres>,
    person: UserId,
) -> sqlx::Result<()> {
    // Deliveries and attempts go with it.
    sqlx::query!("DELETE FROM webhook_endpoints WHERE owner = $1", person.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
