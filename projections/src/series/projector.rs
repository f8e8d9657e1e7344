//! Series events to rows.

use async_trait::async_trait;
use domain::series::{Series, SeriesEvent};
use domain::{Aggregate, DomainEvent};
use event_store::{Filter, RecordedEvent};
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::{SERIES, SeriesView};
use crate::memory::{Documents, Memory};
use crate::{Changed, ProjectionError, Projector};

/// See [`Projector::logic`].
const LOGIC: u32 = 1;
/// Documents that a long run remembers; one takes about 1 KB.
const REMEMBERED: usize = 20_000;

#[derive(Default)]
pub struct SeriesProjector {
    memory: Memory<SeriesView>,
}

#[async_trait]
impl Projector for SeriesProjector {
    fn name(&self) -> &'static str {
        SERIES
    }

    fn logic(&self) -> u32 {
        LOGIC
    }

    fn tables(&self) -> &'static [&'static str] {
        &["series"]
    }

    fn filter(&self) -> Filter {
        Filter {
            categories: vec![Series::CATEGORY.to_owned()],
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
        let mut changes = Vec::with_capacity(events.len());
        for recorded in events {
            let event = SeriesEvent::restore(&recorded.event).map_err(|source| {
                ProjectionError::Decode {
                    position: recorded.position,
                    source,
                }
            })?;
            let view = views.entry(recorded.stream.id).or_default();
            *view = SeriesView::after(view.take(), &event, recorded);
            changes.extend(view.as_ref().map(|view| Changed {
                noun: SERIES,
                id: view.id.0,
                owner: view.owner,
            }));
        }
        store(tx, &views).await?;
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
    views: &mut Documents<SeriesView>,
) -> Result<(), ProjectionError> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!("SELECT id, document FROM series WHERE id = ANY($1)", ids)
        .fetch_all(&mut **tx)
        .await?;
    for row in rows {
        let view =
            serde_json::from_value(row.document).map_err(|source| ProjectionError::Document {
                noun: SERIES,
                id: row.id,
                source,
            })?;
        views.insert(row.id, Some(view));
    }
    Ok(())
}

async fn store(
    tx: &mut Transaction<'_, Postgres>,
    views: &Documents<SeriesView>,
) -> Result<(), ProjectionError> {
    let gone: Vec<Uuid> = views
        .iter()
        .filter(|(_, view)| view.is_none())
        .map(|(id, _)| *id)
        .collect();
    if !gone.is_empty() {
        sqlx::query!("DELETE FROM series WHERE id = ANY($1)", &gone)
            .execute(&mut **tx)
            .await?;
    }
    let kept: Vec<&SeriesView> = views.values().flatten().collect();
    let column = |of: fn(&SeriesView) -> Uuid| kept.iter().map(|v| of(v)).collect::<Vec<_>>();
    let archived: Vec<bool> = kept.iter().map(|view| view.archived).collect();
    let created_at: Vec<_> = kept.iter().map(|view| view.created_at).collect();
    let positions: Vec<i64> = kept.iter().map(|v| v.position.value as i64).collect();
    let documents: Vec<Json<&SeriesView>> = kept.iter().copied().map(Json).collect();
    sqlx::query!(
        "INSERT INTO series (id, owner, archived, created_at, position, document)
         SELECT * FROM UNNEST(
             $1::uuid[], $2::uuid[], $3::bool[], $4::timestamptz[], $5::bigint[], $6::jsonb[])
         ON CONFLICT (id) DO UPDATE SET
             archived = excluded.archived,
             position = excluded.position,
             document = excluded.document",
        &column(|view| view.id.0),
        &column(|view| view.owner.0),
        &archived,
        &created_at,
        &positions,
        &documents as &[Json<&SeriesView>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
