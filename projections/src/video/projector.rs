//! Batches of video events to rows: load what they touch, fold, write back.

use async_trait::async_trait;
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, DomainEvent, UserId};
use event_store::{Actor, Filter, RecordedEvent};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::ledger::Ledger;
use super::tombstones::Tombstones;
use super::{CostLine, VIDEOS, VideoView, summary};
use crate::memory::{Documents, Memory};
use crate::{Changed, ProjectionError, Projector};

/// See [`Projector::logic`].
const LOGIC: u32 = 2;
/// Documents that a long run remembers; one takes about 30 KB.
const REMEMBERED: usize = 2_000;

#[derive(Default)]
pub struct VideoProjector {
    memory: Memory<VideoView>,
}

#[async_trait]
impl Projector for VideoProjector {
    fn name(&self) -> &'static str {
        VIDEOS
    }

    fn logic(&self) -> u32 {
        LOGIC
    }

    fn tables(&self) -> &'static [&'static str] {
        &["videos", "video_timeline", "deleted_videos", "video_costs"]
    }

    fn filter(&self) -> Filter {
        Filter {
            categories: vec![Video::CATEGORY.to_owned()],
            ..Filter::default()
        }
    }

    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError> {
        let (mut views, unknown) = self.memory.take(events);
        load(tx, &unknown, &mut views).await?;
        let mut timeline = Timeline::default();
        let mut tombstones = Tombstones::default();
        let mut ledger = Ledger::default();
        let mut changes = Vec::with_capacity(events.len());
        for recorded in events {
            let event =
                VideoEvent::restore(&recorded.event).map_err(|source| ProjectionError::Decode {
                    position: recorded.position,
                    source,
                })?;
            timeline.push(recorded, summary::of(&event));
            let view = views.entry(recorded.stream.id).or_default();
            if matches!(event, VideoEvent::Deleted {}) {
                tombstones.push(recorded, view.as_ref());
            }
            if let Some(line) = CostLine::of(&event, recorded, view.as_ref()) {
                ledger.push(recorded, line, view.as_ref());
            }
            *view = VideoView::after(view.take(), &event, recorded);
            changes.push(Changed {
                noun: VIDEOS,
                id: recorded.stream.id,
                owner: recorded.metadata.owner,
            });
        }
        store(tx, &views).await?;
        timeline.store(tx).await?;
        forget(tx, &views).await?;
        tombstones.store(tx).await?;
        ledger.store(tx).await?;
        self.memory.keep(views);
        Ok(changes)
    }

    fn for_bulk(&self) -> Box<dyn Projector> {
        Box::new(Self {
            memory: Memory::of(REMEMBERED),
        })
    }
}

/// Reads the documents of `ids` into `views`.
async fn load(
    tx: &mut Transaction<'_, Postgres>,
    ids: &[Uuid],
    views: &mut Documents<VideoView>,
) -> Result<(), ProjectionError> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!("SELECT id, document FROM videos WHERE id = ANY($1)", ids)
        .fetch_all(&mut **tx)
        .await?;
    for row in rows {
        let view =
            serde_json::from_value(row.document).map_err(|source| ProjectionError::Document {
                noun: VIDEOS,
                id: row.id,
                source,
            })?;
        views.insert(row.id, Some(view));
    }
    Ok(())
}

async fn store(
    tx: &mut Transaction<'_, Postgres>,
    views: &Documents<VideoView>,
) -> Result<(), ProjectionError> {
    let kept: Vec<&VideoView> = views.values().flatten().collect();
    let column = |of: fn(&VideoView) -> Uuid| kept.iter().map(|view| of(view)).collect::<Vec<_>>();
    let series: Vec<Option<Uuid>> = kept.iter().map(|v| v.series.map(|id| id.0)).collect();
    let statuses: Vec<String> = kept.iter().map(|v| v.status.slug().to_owned()).collect();
    let requested_at: Vec<_> = kept.iter().map(|v| v.requested_at).collect();
    let positions: Vec<i64> = kept.iter().map(|v| v.position.value as i64).collect();
    let documents: Vec<Json<&VideoView>> = kept.iter().copied().map(Json).collect();
    sqlx::query!(
        r#"INSERT INTO videos (id, owner, series, status, requested_at, position, document)
           SELECT * FROM UNNEST(
               $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::bigint[],
               $7::jsonb[])
           ON CONFLICT (id) DO UPDATE SET
               status = excluded.status,
               position = excluded.position,
               document = excluded.document"#,
        &column(|view| view.id.0),
        &column(|view| view.owner.0),
        &series as &[Option<Uuid>],
        &statuses,
        &requested_at,
        &positions,
        &documents as &[Json<&VideoView>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A deleted video leaves no row behind; its events stay in the log.
async fn forget(
    tx: &mut Transaction<'_, Postgres>,
    views: &Documents<VideoView>,
) -> Result<(), ProjectionError> {
    let gone: Vec<Uuid> = views
        .iter()
        .filter(|(_, view)| view.is_none())
        .map(|(id, _)| *id)
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    sqlx::query!("DELETE FROM videos WHERE id = ANY($1)", &gone)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("DELETE FROM video_timeline WHERE video = ANY($1)", &gone)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[derive(Default)]
struct Timeline<'a> {
    videos: Vec<Uuid>,
    revisions: Vec<i64>,
    owners: Vec<Uuid>,
    positions: Vec<i64>,
    type_names: Vec<String>,
    occurred_at: Vec<chrono::DateTime<chrono::Utc>>,
    actors: Vec<String>,
    summaries: Vec<String>,
    data: Vec<Json<&'a serde_json::Value>>,
}

impl<'a> Timeline<'a> {
    fn push(&mut self, recorded: &'a RecordedEvent, summary: String) {
        let UserId(owner) = recorded.metadata.owner;
        self.videos.push(recorded.stream.id);
        self.revisions.push(recorded.revision as i64);
        self.owners.push(owner);
        self.positions.push(recorded.position.value as i64);
        self.type_names.push(recorded.event.type_name.clone());
        self.occurred_at.push(recorded.metadata.occurred_at);
        self.actors.push(match &recorded.metadata.actor {
            Actor::User { .. } => "user".to_owned(),
            Actor::System { name } => name.clone(),
        });
        self.summaries.push(summary);
        self.data.push(Json(&recorded.event.data));
    }

    async fn store(&self, tx: &mut Transaction<'_, Postgres>) -> Result<(), ProjectionError> {
        sqlx::query!(
            r#"INSERT INTO video_timeline (
                   video, revision, owner, position, type_name, occurred_at, actor, summary, data)
               SELECT * FROM UNNEST(
                   $1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::text[],
                   $6::timestamptz[], $7::text[], $8::text[], $9::jsonb[])
               ON CONFLICT DO NOTHING"#,
            &self.videos,
            &self.revisions,
            &self.owners,
            &self.positions,
            &self.type_names,
            &self.occurred_at,
            &self.actors,
            &self.summaries,
            &self.data as &[Json<&serde_json::Value>]
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
