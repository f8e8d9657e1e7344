//! What is left of deleted videos: that they were, for who follows changes by
//! position. Kept for good; a row has a hundred bytes.

use domain::UserId;
use event_store::RecordedEvent;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::VideoView;
use crate::ProjectionError;

#[derive(Default)]
pub(super) struct Tombstones {
    ids: Vec<Uuid>,
    owners: Vec<Uuid>,
    series: Vec<Option<Uuid>>,
    positions: Vec<i64>,
    deleted_at: Vec<chrono::DateTime<chrono::Utc>>,
}

impl Tombstones {
    /// `view` is what there was of the video before `deleted`.
    pub(super) fn push(&mut self, deleted: &RecordedEvent, view: Option<&VideoView>) {
        let UserId(owner) = deleted.metadata.owner;
        self.ids.push(deleted.stream.id);
        self.owners.push(owner);
        self.series
            .push(view.and_then(|view| view.series).map(|id| id.0));
        self.positions.push(deleted.position.value as i64);
        self.deleted_at.push(deleted.metadata.occurred_at);
    }

    pub(super) async fn store(
        self,
        tx: &mut Transaction<'_, Postgres>,
    ) -> Result<(), ProjectionError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO deleted_videos (id, owner, series, position, deleted_at)
             SELECT * FROM UNNEST(
                 $1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[])
             ON CONFLICT (id) DO NOTHING",
            &self.ids,
            &self.owners,
            &self.series as &[Option<Uuid>],
            &self.positions,
            &self.deleted_at
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
