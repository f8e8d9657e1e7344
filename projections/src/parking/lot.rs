//! The rows of parked and skipped events.

use std::collections::HashSet;

use event_store::{Position, StreamName};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{EventRef, Parked, Read, Writer};

/// What one version of one projection has parked.
pub(super) struct Lot<'a> {
    projection: &'a str,
    version: i32,
}

impl<'a> Lot<'a> {
    pub(super) fn of(writer: Writer<'a>) -> Self {
        Self {
            projection: writer.projector.name(),
            version: writer.version.cast_signed(),
        }
    }

    /// Those streams of `events` of which something is parked.
    pub(super) async fn parked_streams(
        &self,
        connection: &mut PgConnection,
        events: &[Read],
    ) -> sqlx::Result<HashSet<StreamName>> {
        let stream = |read: &Read| match read {
            Ok(event) => event.stream.id,
            Err(parked) => parked.event.stream.id,
        };
        let streams: HashSet<Uuid> = events.iter().map(stream).collect();
        let streams: Vec<Uuid> = streams.into_iter().collect();
        let rows = sqlx::query!(
            "SELECT DISTINCT stream_category, stream_id FROM parked_events
             WHERE projection = $1 AND version = $2 AND stream_id = ANY ($3)",
            self.projection,
            self.version,
            &streams
        )
        .fetch_all(connection)
        .await?;
        let name = rows
            .into_iter()
            .map(|row| StreamName::new(row.stream_category, row.stream_id));
        Ok(name.collect())
    }

    /// Those of `ids` that were decided to be left out.
    pub(super) async fn skipped(
        &self,
        connection: &mut PgConnection,
        ids: &[Uuid],
    ) -> sqlx::Result<HashSet<Uuid>> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let rows = sqlx::query_scalar!(
            "SELECT event_id FROM skipped_events WHERE projection = $1 AND event_id = ANY ($2)",
            self.projection,
            ids
        )
        .fetch_all(connection)
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// Parks events; of one that is parked already, what is wrong is replaced.
    pub(super) async fn park(
        &self,
        connection: &mut PgConnection,
        parked: &[Parked],
    ) -> sqlx::Result<()> {
        if parked.is_empty() {
            return Ok(());
        }
        let column = |of: fn(&EventRef) -> i64| -> Vec<i64> {
            parked.iter().map(|parked| of(&parked.event)).collect()
        };
        let uuids = |of: fn(&EventRef) -> Uuid| -> Vec<Uuid> {
            parked.iter().map(|parked| of(&parked.event)).collect()
        };
        let categories: Vec<String> = parked
            .iter()
            .map(|it| storable(&it.event.stream.category))
            .collect();
        let type_names: Vec<String> = parked
            .iter()
            .map(|it| storable(&it.event.type_name))
            .collect();
        let problems: Vec<Option<String>> = parked
            .iter()
            .map(|it| it.problem.as_deref().map(storable))
            .collect();
        sqlx::query!(
            r#"INSERT INTO parked_events (
                   projection, version, event_id, stream_category, stream_id, revision, epoch,
                   position, type_name, problem)
               SELECT $1, $2, * FROM UNNEST(
                   $3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::uuid[], $8::bigint[],
                   $9::text[], $10::text[])
               ON CONFLICT (projection, version, event_id) DO UPDATE SET
                   problem = excluded.problem"#,
            self.projection,
            self.version,
            &uuids(|event| event.id),
            &categories,
            &uuids(|event| event.stream.id),
            &column(|event| event.revision.cast_signed()),
            &uuids(|event| event.position.epoch),
            &column(|event| event.position.value.cast_signed()),
            &type_names,
            &problems as &[Option<String>]
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// The first `limit` parked events of `stream`, in order.
    pub(super) async fn of_stream(
        &self,
        connection: &mut PgConnection,
        stream: &StreamName,
        limit: usize,
    ) -> sqlx::Result<Vec<EventRef>> {
        let rows = sqlx::query!(
            "SELECT event_id, revision, epoch, position, type_name FROM parked_events
             WHERE projection = $1 AND version = $2 AND stream_id = $3 AND stream_category = $4
             ORDER BY revision LIMIT $5",
            self.projection,
            self.version,
            stream.id,
            stream.category,
            limit as i64
        )
        .fetch_all(connection)
        .await?;
        let event = rows.into_iter().map(|row| EventRef {
            id: row.event_id,
            stream: stream.clone(),
            revision: row.revision.cast_unsigned(),
            position: Position {
                epoch: row.epoch,
                value: row.position.cast_unsigned(),
            },
            type_name: row.type_name,
        });
        Ok(event.collect())
    }

    pub(super) async fn release(
        &self,
        connection: &mut PgConnection,
        event: Uuid,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "DELETE FROM parked_events WHERE projection = $1 AND version = $2 AND event_id = $3",
            self.projection,
            self.version,
            event
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Leaves `event` out wherever it cannot be applied.
    pub(super) async fn skip(
        connection: &mut PgConnection,
        projection: &str,
        event: Uuid,
        reason: &str,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "INSERT INTO skipped_events (projection, event_id, reason) VALUES ($1, $2, $3)
             ON CONFLICT (projection, event_id) DO NOTHING",
            projection,
            event,
            reason
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// A foreign writer's text, as Postgres takes it.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
