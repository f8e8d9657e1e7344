//! What was spent, by whom and when: rows that outlive their videos.

use domain::UserId;
use event_store::RecordedEvent;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{CostLine, VideoView};
use crate::ProjectionError;

#[derive(Default)]
pub(super) struct Ledger {
    videos: Vec<Uuid>,
    revisions: Vec<i64>,
    owners: Vec<Uuid>,
    series: Vec<Option<Uuid>>,
    stages: Vec<String>,
    providers: Vec<String>,
    models: Vec<String>,
    costs: Vec<i64>,
    spent_at: Vec<chrono::DateTime<chrono::Utc>>,
}

impl Ledger {
    /// `view` is what there is of the video.
    pub(super) fn push(
        &mut self,
        recorded: &RecordedEvent,
        line: CostLine,
        view: Option<&VideoView>,
    ) {
        let UserId(owner) = recorded.metadata.owner;
        let series = view.and_then(|view| view.series);
        self.videos.push(recorded.stream.id);
        self.revisions.push(recorded.revision.cast_signed());
        self.owners.push(owner);
        self.series.push(series.map(|id| id.0));
        self.stages.push(line.stage.slug().to_owned());
        self.providers.push(line.provider);
        self.models.push(line.model);
        self.costs.push(line.cost.0.cast_signed());
        self.spent_at.push(line.at);
    }

    pub(super) async fn store(
        self,
        tx: &mut Transaction<'_, Postgres>,
    ) -> Result<(), ProjectionError> {
        if self.videos.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO video_costs (
                 video, revision, owner, series, stage, provider, model, cost_microusd, spent_at)
             SELECT * FROM UNNEST(
                 $1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                 $7::text[], $8::bigint[], $9::timestamptz[])
             ON CONFLICT DO NOTHING",
            &self.videos,
            &self.revisions,
            &self.owners,
            &self.series as &[Option<Uuid>],
            &self.stages,
            &self.providers,
            &self.models,
            &self.costs,
            &self.spent_at
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
