//! Reading what is parked, for who decides about it.

use chrono::{DateTime, Utc};
use event_store::{Position, StreamName};
use sqlx::PgPool;
use uuid::Uuid;

/// An event that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct ParkedEvent {
    pub id: Uuid,
    pub stream: StreamName,
    pub revision: u64,
    pub position: Position,
    pub type_name: String,
    /// What is wrong with it; none when it waits for the one before it.
    pub problem: Option<String>,
    /// By the database's clock.
    pub parked_at: DateTime<Utc>,
}

/// Of the versions that are live.
#[derive(Clone)]
pub struct ParkedQueries {
    pool: PgPool,
}

struct Row {
    event_id: Uuid,
    stream_category: String,
    stream_id: Uuid,
    revision: i64,
    epoch: Uuid,
    position: i64,
    type_name: String,
    problem: Option<String>,
    parked_at: DateTime<Utc>,
}

impl From<Row> for ParkedEvent {
    fn from(row: Row) -> Self {
        Self {
            id: row.event_id,
            stream: StreamName::new(row.stream_category, row.stream_id),
            revision: row.revision.cast_unsigned(),
            position: Position {
                epoch: row.epoch,
                value: row.position.cast_unsigned(),
            },
            type_name: row.type_name,
            problem: row.problem,
            parked_at: row.parked_at,
        }
    }
}

impl ParkedQueries {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// In the order of the log, those after `after`.
    pub async fn page(
        &self,
        projection: &str,
        after: Option<Position>,
        limit: u16,
    ) -> sqlx::Result<Vec<ParkedEvent>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT p.event_id, p.stream_category, p.stream_id, p.revision, p.epoch,
                   p.position, p.type_name, p.problem, p.parked_at
               FROM parked_events p
               JOIN checkpoints c ON c.name = p.projection AND c.version = p.version
               WHERE p.projection = $1 AND p.position > $2
               ORDER BY p.position LIMIT $3"#,
            projection,
            after.map_or(-1, |after| after.value.cast_signed()),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The first that waits of `stream`, which holds up all others.
    pub async fn first_of(
        &self,
        projection: &str,
        stream: &StreamName,
    ) -> sqlx::Result<Option<ParkedEvent>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT p.event_id, p.stream_category, p.stream_id, p.revision, p.epoch,
                   p.position, p.type_name, p.problem, p.parked_at
               FROM parked_events p
               JOIN checkpoints c ON c.name = p.projection AND c.version = p.version
               WHERE p.projection = $1 AND p.stream_category = $2 AND p.stream_id = $3
               ORDER BY p.revision LIMIT 1"#,
            projection,
            stream.category,
            stream.id
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(Into::into))
    }

    pub async fn by_id(&self, projection: &str, id: Uuid) -> sqlx::Result<Option<ParkedEvent>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT p.event_id, p.stream_category, p.stream_id, p.revision, p.epoch,
                   p.position, p.type_name, p.problem, p.parked_at
               FROM parked_events p
               JOIN checkpoints c ON c.name = p.projection AND c.version = p.version
               WHERE p.projection = $1 AND p.event_id = $2"#,
            projection,
            id
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(Into::into))
    }

    pub async fn count(&self, projection: &str) -> sqlx::Result<u64> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM parked_events p
               JOIN checkpoints c ON c.name = p.projection AND c.version = p.version
               WHERE p.projection = $1"#,
            projection
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(count.cast_unsigned())
    }
}
