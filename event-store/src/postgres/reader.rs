//! Reading the log, a page at a time, each page a short transaction.

use domain::StoredEvent;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{Filter, Metadata, Page, Position, RecordedEvent, StoreError, StreamName};

pub(super) struct Reader {
    pool: PgPool,
}

impl Reader {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    pub(super) async fn head(&self) -> Result<Position, StoreError> {
        let row = sqlx::query!(
            r#"
            SELECT epoch, (SELECT position FROM events ORDER BY position DESC LIMIT 1) AS head
            FROM event_log
            "#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(unavailable)?;
        Ok(Position {
            epoch: row.epoch,
            value: row.head.unwrap_or(0).cast_unsigned(),
        })
    }

    pub(super) async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"
            SELECT (SELECT epoch FROM event_log) AS "epoch!", position, stream_category,
                stream_id, revision, event_id, type_name, schema_version,
                data::text AS "data!", metadata::text AS "metadata!"
            FROM events
            WHERE stream_category = $1 AND stream_id = $2 AND revision >= $3
            ORDER BY revision
            LIMIT $4
            "#,
            stream.category,
            stream.id,
            bigint(from_revision),
            i64::try_from(limit).unwrap_or(i64::MAX),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.into_iter().map(Row::into_event).collect()
    }

    pub(super) async fn read_all(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        // The head must be known before the page is read. Were both one
        // statement, the page could miss events that the head counts.
        let head = self.head().await?;
        if after.epoch != head.epoch {
            return Err(StoreError::OtherEpoch {
                position: after,
                epoch: head.epoch,
            });
        }
        if after.value > head.value {
            return Err(StoreError::BeyondHead {
                position: after,
                head,
            });
        }
        // Positions have no gaps, so this is `limit` events.
        let scanned_to = Position {
            epoch: head.epoch,
            value: after
                .value
                .saturating_add(limit.max(1) as u64)
                .min(head.value),
        };
        let rows = sqlx::query_as!(
            Row,
            r#"
            SELECT (SELECT epoch FROM event_log) AS "epoch!", position, stream_category,
                stream_id, revision, event_id, type_name, schema_version,
                data::text AS "data!", metadata::text AS "metadata!"
            FROM events
            WHERE position > $1 AND position <= $2
                AND (cardinality($3::text[]) = 0 OR stream_category = ANY ($3))
                AND (cardinality($4::text[]) = 0 OR type_name = ANY ($4))
            ORDER BY position
            "#,
            bigint(after.value),
            bigint(scanned_to.value),
            &filter.categories,
            &filter.type_names,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        Ok(Page {
            events: rows
                .into_iter()
                .map(Row::into_event)
                .collect::<Result<_, _>>()?,
            scanned_to,
            is_last: scanned_to == head,
        })
    }
}

struct Row {
    epoch: Uuid,
    position: i64,
    stream_category: String,
    stream_id: Uuid,
    revision: i64,
    event_id: Uuid,
    type_name: String,
    schema_version: i32,
    data: String,
    metadata: String,
}

impl Row {
    fn into_event(self) -> Result<RecordedEvent, StoreError> {
        let position = Position {
            epoch: self.epoch,
            value: self.position.cast_unsigned(),
        };
        let corrupt = |what: &str, error: &dyn std::error::Error| StoreError::Corrupt {
            position,
            reason: format!("its {what} is not what the log writes: {error}"),
        };
        let metadata: Metadata =
            serde_json::from_str(&self.metadata).map_err(|error| corrupt("metadata", &error))?;
        let event = StoredEvent {
            schema_version: self
                .schema_version
                .try_into()
                .map_err(|error| corrupt("schema version", &error))?,
            data: serde_json::from_str(&self.data).map_err(|error| corrupt("data", &error))?,
            type_name: self.type_name,
        };
        Ok(RecordedEvent {
            id: self.event_id,
            stream: StreamName::new(self.stream_category, self.stream_id),
            revision: self.revision.cast_unsigned(),
            position,
            event,
            metadata,
        })
    }
}

/// No position or revision is past the largest `bigint`.
fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable {
        source: Box::new(error),
    }
}
