//! One batch, one transaction: lock, look, plan, insert, commit.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::timeout;
use uuid::Uuid;

use super::plan::{Done, Standing, Verdict, plan};
use crate::written::Written;
use crate::{Position, StreamName};

/// Key of the advisory lock under which positions are drawn. Whoever writes to
/// `events` by other means must hold it.
pub const APPEND_LOCK: i64 = 0x6e61_7272_6174_6501;

/// How long one step may take, longer than the server's own limits: past it
/// the connection itself is taken for dead.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

/// What became of the transaction.
pub(super) enum Outcome {
    /// One verdict for each append.
    Committed(Vec<Verdict>),
    /// Nothing was appended.
    RolledBack(sqlx::Error),
    /// The commit was sent and not confirmed.
    InDoubt(sqlx::Error, Vec<Verdict>),
}

pub(super) async fn append(connection: &mut PgConnection, appends: &[&Written]) -> Outcome {
    match prepare(connection, appends).await {
        Ok((transaction, verdicts)) => match within_limit(transaction.commit()).await {
            Ok(()) => Outcome::Committed(verdicts),
            Err(error) => Outcome::InDoubt(error, verdicts),
        },
        Err(error) => Outcome::RolledBack(error),
    }
}

async fn prepare<'c>(
    connection: &'c mut PgConnection,
    appends: &[&Written],
) -> sqlx::Result<(sqlx::PgTransaction<'c>, Vec<Verdict>)> {
    // The lock must be its own statement: what a statement sees is settled when
    // it starts, so the head must be looked up by one that starts later.
    let begin = sqlx::AssertSqlSafe(format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({APPEND_LOCK})"
    ));
    let mut transaction = within_limit(connection.begin_with(begin)).await?;
    let (head, standings) = within_limit(look(&mut transaction, appends)).await?;
    let verdicts = plan(head, appends.iter().copied().zip(standings));
    within_limit(insert(&mut transaction, appends, &verdicts)).await?;
    Ok((transaction, verdicts))
}

async fn look(
    connection: &mut PgConnection,
    appends: &[&Written],
) -> sqlx::Result<(Position, Vec<Standing>)> {
    let commands: Vec<Uuid> = appends.iter().map(|append| append.command_id).collect();
    let categories: Vec<&str> = appends
        .iter()
        .map(|append| append.stream.category.as_str())
        .collect();
    let ids: Vec<Uuid> = appends.iter().map(|append| append.stream.id).collect();
    let rows = sqlx::query!(
        r#"
        SELECT
            (SELECT epoch FROM event_log) AS "epoch!",
            (SELECT position FROM events ORDER BY position DESC LIMIT 1) AS head,
            last.revision AS "last_revision?",
            done.stream_category AS "done_category?",
            done.stream_id AS "done_id?",
            done.position AS "done_position?",
            done.revision AS "done_revision?"
        FROM UNNEST($1::uuid[], $2::text[], $3::uuid[])
            WITH ORDINALITY AS asked (command_id, stream_category, stream_id, place)
        LEFT JOIN LATERAL (
            SELECT revision FROM events
            WHERE stream_category = asked.stream_category AND stream_id = asked.stream_id
            ORDER BY revision DESC LIMIT 1
        ) AS last ON true
        LEFT JOIN LATERAL (
            SELECT stream_category, stream_id, position, revision FROM events
            WHERE command_id = asked.command_id
            ORDER BY position DESC LIMIT 1
        ) AS done ON true
        ORDER BY asked.place
        "#,
        &commands,
        &categories as _,
        &ids,
    )
    .fetch_all(connection)
    .await?;

    let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let head = Position {
        epoch: first.epoch,
        value: first.head.unwrap_or(0).cast_unsigned(),
    };
    let standings = rows
        .into_iter()
        .map(|row| Standing {
            last_revision: row.last_revision.map(i64::cast_unsigned),
            done: row
                .done_category
                .zip(row.done_id)
                .zip(row.done_position.zip(row.done_revision))
                .map(|((category, id), (position, revision))| Done {
                    stream: StreamName { category, id },
                    position: position.cast_unsigned(),
                    revision: revision.cast_unsigned(),
                }),
        })
        .collect();
    Ok((head, standings))
}

/// The rows to insert, column by column.
#[derive(Default)]
struct Columns<'a> {
    positions: Vec<i64>,
    categories: Vec<&'a str>,
    stream_ids: Vec<Uuid>,
    revisions: Vec<i64>,
    event_ids: Vec<Uuid>,
    command_ids: Vec<Uuid>,
    type_names: Vec<&'a str>,
    schema_versions: Vec<i32>,
    data: Vec<&'a str>,
    metadata: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, written: &'a Written, last_position: u64) {
        let count = written.events.len() as u64;
        let positions = (last_position + 1 - count)..;
        let revisions = written.expected.next()..;
        for ((event, position), revision) in written.events.iter().zip(positions).zip(revisions) {
            self.positions.push(position.cast_signed());
            self.categories.push(&written.stream.category);
            self.stream_ids.push(written.stream.id);
            self.revisions.push(revision.cast_signed());
            self.event_ids.push(event.id);
            self.command_ids.push(written.command_id);
            self.type_names.push(&event.type_name);
            self.schema_versions.push(event.schema_version.into());
            self.data.push(&event.data);
            self.metadata.push(&written.metadata);
        }
    }
}

async fn insert(
    connection: &mut PgConnection,
    appends: &[&Written],
    verdicts: &[Verdict],
) -> sqlx::Result<()> {
    let mut columns = Columns::default();
    for (written, verdict) in appends.iter().zip(verdicts) {
        if let Verdict::Insert(appended) = verdict {
            columns.push(written, appended.position.value);
        }
    }
    if columns.positions.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        r#"
        INSERT INTO events (
            position, stream_category, stream_id, revision, event_id, command_id,
            type_name, schema_version, data, metadata
        )
        SELECT position, stream_category, stream_id, revision, event_id, command_id,
            type_name, schema_version, data::json, metadata::json
        FROM UNNEST(
            $1::bigint[], $2::text[], $3::uuid[], $4::bigint[], $5::uuid[], $6::uuid[],
            $7::text[], $8::integer[], $9::text[], $10::text[]
        ) AS new (
            position, stream_category, stream_id, revision, event_id, command_id,
            type_name, schema_version, data, metadata
        )
        "#,
        &columns.positions,
        &columns.categories as _,
        &columns.stream_ids,
        &columns.revisions,
        &columns.event_ids,
        &columns.command_ids,
        &columns.type_names as _,
        &columns.schema_versions,
        &columns.data as _,
        &columns.metadata as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn within_limit<T>(step: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(STEP_TIMEOUT, step)
        .await
        .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}
