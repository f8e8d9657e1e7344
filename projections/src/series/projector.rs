//! Series events to rows.

use async_trait::async_trait;
use domain::series::{Series, SeriesEvent};
use domain::{Aggregate, DomainEvent};
use event_store::{Filter, RecordedEvent};
use sqlx::{Postgres, Transaction};

use super::{SERIES, SeriesView};
use crate::{Changed, ProjectionError, Projector};

pub struct SeriesProjector;

#[async_trait]
impl Projector for SeriesProjector {
    fn name(&self) -> &'static str {
        SERIES
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
        let mut changes = Vec::with_capacity(events.len());
        for recorded in events {
            let event = SeriesEvent::restore(&recorded.event).map_err(|source| {
                ProjectionError::Decode {
                    position: recorded.position,
                    source,
                }
            })?;
            let before = load(tx, recorded).await?;
            if let Some(view) = SeriesView::after(before, &event, recorded) {
                store(tx, &view).await?;
                changes.push(Changed {
                    noun: SERIES,
                    id: view.id.0,
                    owner: view.owner,
                });
            }
        }
        Ok(changes)
    }
}

async fn load(
    tx: &mut Transaction<'_, Postgres>,
    recorded: &RecordedEvent,
) -> Result<Option<SeriesView>, ProjectionError> {
    let id = recorded.stream.id;
    let document = sqlx::query_scalar!("SELECT document FROM series WHERE id = $1", id)
        .fetch_optional(&mut **tx)
        .await?;
    document
        .map(serde_json::from_value)
        .transpose()
        .map_err(|source| ProjectionError::Document {
            noun: SERIES,
            id,
            source,
        })
}

async fn store(
    tx: &mut Transaction<'_, Postgres>,
    view: &SeriesView,
) -> Result<(), ProjectionError> {
    let document = serde_json::to_value(view).expect("a view has string keys only");
    sqlx::query!(
        "INSERT INTO series (id, owner, archived, created_at, position, document)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET
             archived = excluded.archived,
             position = excluded.position,
             document = excluded.document",
        view.id.0,
        view.owner.0,
        view.archived,
        view.created_at,
        view.position.value as i64,
        document
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
