//! Reading the log, a page at a time, each page a short transaction.

use std::ops::Range;

use futures::TryStreamExt;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Filter, MAX_PAGE_BYTES, Page, Position, RawEvent, RecordedEvent, StoreError, StreamName,
};

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
        let to = from_revision.saturating_add(limit as u64);
        self.revisions(stream, from_revision..to).await
    }

    pub(super) async fn read_stream_back(
        &self,
        stream: &StreamName,
        before_revision: Option<u64>,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let length = self.length(stream).await?;
        let before = before_revision.map_or(length, |before| before.min(length));
        // Revisions have no gaps, so this is `limit` events, or all there are.
        let from = before.saturating_sub(limit as u64);
        let mut events = self.revisions(stream, from..before).await?;
        events.reverse();
        Ok(events)
    }

    pub(super) async fn read_raw(
        &self,
        after: Position,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page<RawEvent>, StoreError> {
        // The head must be known before the page is read. Were both one
        // statement, the page could miss events that the head counts.
        let head = self.head_past(after).await?;
        // Positions have no gaps, so this is `limit` events.
        let last = after
            .value
            .saturating_add(limit.max(1) as u64)
            .min(head.value);
        let (events, is_cut) = self
            .positions(after.value, last, filter, MAX_PAGE_BYTES)
            .await?;
        let last = match events.last() {
            Some(event) if is_cut => event.position.value,
            _ => last,
        };
        Ok(Page {
            events,
            scanned_to: Position {
                value: last,
                ..head
            },
            is_last: last == head.value,
        })
    }

    pub(super) async fn read_all_back(
        &self,
        before: Option<Position>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Page, StoreError> {
        let (epoch, last) = match before {
            Some(before) => {
                self.head_past(before).await?;
                (before.epoch, before.value.saturating_sub(1))
            }
            None => {
                let head = self.head().await?;
                (head.epoch, head.value)
            }
        };
        let after = last.saturating_sub(limit.max(1) as u64);
        let (mut events, _) = self.positions(after, last, filter, usize::MAX).await?;
        events.reverse();
        let page = Page {
            events,
            scanned_to: Position {
                epoch,
                value: after + 1,
            },
            is_last: after == 0,
        };
        page.read()
    }

    /// The head, if `position` is of this log and not beyond it.
    async fn head_past(&self, position: Position) -> Result<Position, StoreError> {
        let head = self.head().await?;
        match head.has_reached(&position) {
            Some(true) => Ok(head),
            Some(false) => Err(StoreError::BeyondHead { position, head }),
            None => Err(StoreError::OtherEpoch {
                position,
                epoch: head.epoch,
            }),
        }
    }

    /// How many events `stream` has.
    async fn length(&self, stream: &StreamName) -> Result<u64, StoreError> {
        let last = sqlx::query_scalar!(
            "SELECT revision FROM events
             WHERE stream_category = $1 AND stream_id = $2
             ORDER BY revision DESC LIMIT 1",
            stream.category,
            stream.id,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(unavailable)?;
        Ok(last.map_or(0, |revision| revision.cast_unsigned() + 1))
    }

    async fn revisions(
        &self,
        stream: &StreamName,
        wanted: Range<u64>,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"
            SELECT (SELECT epoch FROM event_log) AS "epoch!", position, stream_category,
                stream_id, revision, event_id, type_name, schema_version,
                data::text AS "data!", metadata::text AS "metadata!"
            FROM events
            WHERE stream_category = $1 AND stream_id = $2 AND revision >= $3 AND revision < $4
            ORDER BY revision
            "#,
            stream.category,
            stream.id,
            bigint(wanted.start),
            bigint(wanted.end),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(unavailable)?;
        rows.into_iter()
            .map(|row| row.into_event().read())
            .collect()
    }

    /// Events after `after`, up to `last` and with it; true when they were cut
    /// off because they would hold more than `max_bytes`.
    async fn positions(
        &self,
        after: u64,
        last: u64,
        filter: &Filter,
        max_bytes: usize,
    ) -> Result<(Vec<RawEvent>, bool), StoreError> {
        let (categories, ids): (Vec<&str>, Vec<Uuid>) = filter
            .streams
            .iter()
            .map(|stream| (stream.category.as_str(), stream.id))
            .unzip();
        let mut connection = self.pool.acquire().await.map_err(unavailable)?;
        let mut rows = sqlx::query_as!(
            Row,
            r#"
            SELECT (SELECT epoch FROM event_log) AS "epoch!", position, stream_category,
                stream_id, revision, event_id, type_name, schema_version,
                data::text AS "data!", metadata::text AS "metadata!"
            FROM events
            WHERE position > $1 AND position <= $2
                AND (
                    cardinality($3::text[]) + cardinality($5::text[]) = 0
                    OR stream_category = ANY ($3)
                    OR (stream_category, stream_id)
                        IN (SELECT * FROM UNNEST($5::text[], $6::uuid[]))
                )
                AND (cardinality($4::text[]) = 0 OR type_name = ANY ($4))
            ORDER BY position
            "#,
            bigint(after),
            bigint(last),
            &filter.categories,
            &filter.type_names,
            &categories as _,
            &ids,
        )
        .fetch(&mut *connection);
        let mut events = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.try_next().await.map_err(unavailable)? {
            bytes += row.data.len() + row.metadata.len();
            if bytes > max_bytes && !events.is_empty() {
                drop(rows);
                // The rest of the answer is still coming: closing the connection
                // is cheaper than reading on to its end.
                drop(connection.detach());
                return Ok((events, true));
            }
            events.push(row.into_event());
        }
        Ok((events, false))
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
    fn into_event(self) -> RawEvent {
        RawEvent {
            id: self.event_id,
            stream: StreamName::new(self.stream_category, self.stream_id),
            revision: self.revision.cast_unsigned(),
            position: Position {
                epoch: self.epoch,
                value: self.position.cast_unsigned(),
            },
            type_name: self.type_name,
            schema_version: self
                .schema_version
                .try_into()
                .expect("the table takes no other version"),
            data: self.data,
            metadata: self.metadata,
        }
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
