//! One batch, one statement: it takes the lock, draws positions, inserts and
//! commits, and never leaves the lock to a client that thinks.
//!
//! A batch goes in as its callers expect the log to be. Only when the database
//! says that it is otherwise is the log looked at, and what is a repeat or a
//! conflict taken out.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::timeout;
use uuid::Uuid;

use super::fault::{is_certain, is_stale};
use super::plan::{Done, Standing, Verdict, plan};
use crate::written::Written;
use crate::{ExpectedRevision, Position, StreamName};

/// Key of the advisory lock under which positions are drawn. Whoever writes to
/// `events` by other means must hold it.
pub const APPEND_LOCK: i64 = 0x6e61_7272_6174_6501;

/// How long one statement may take, longer than the server's own limits: past
/// it the connection itself is taken for dead.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

/// What became of the batch.
pub(super) enum Outcome {
    /// One verdict for each append, and where the log ends now.
    Committed(Vec<Verdict>, Position),
    /// Nothing was appended.
    RolledBack(sqlx::Error),
    /// The statement was sent and not answered; what it would have appended.
    InDoubt(sqlx::Error, Vec<Verdict>),
}

/// Appends to a log that ended at `head` when we last heard of it.
pub(super) async fn append(
    connection: &mut PgConnection,
    head: Position,
    appends: &[&Written],
) -> Outcome {
    let expected = appends.iter().map(|append| Standing::expected_by(append));
    if let Some(standings) = expected.collect() {
        match insert(connection, head, appends, standings).await {
            Outcome::RolledBack(error) if is_stale(&error) => {}
            outcome => return outcome,
        }
    }
    match within_limit(look(connection, appends)).await {
        Ok((head, standings)) => insert(connection, head, appends, standings).await,
        Err(error) => Outcome::RolledBack(error),
    }
}

/// Where the log ends.
pub(super) async fn head(connection: &mut PgConnection) -> sqlx::Result<Position> {
    within_limit(look(connection, &[]))
        .await
        .map(|(head, _)| head)
}

async fn insert(
    connection: &mut PgConnection,
    head: Position,
    appends: &[&Written],
    standings: Vec<Standing>,
) -> Outcome {
    let verdicts = plan(head, appends.iter().copied().zip(&standings));
    let rows = Rows::of(appends, &verdicts);
    if rows.event_ids.is_empty() {
        return Outcome::Committed(verdicts, head);
    }
    match within_limit(rows.insert(connection)).await {
        // Another process has appended meanwhile.
        Ok(actual) if actual != head => {
            let verdicts = plan(actual, appends.iter().copied().zip(&standings));
            Outcome::Committed(verdicts, rows.end(actual))
        }
        Ok(head) => Outcome::Committed(verdicts, rows.end(head)),
        Err(error) if is_certain(&error) => Outcome::RolledBack(error),
        Err(error) => Outcome::InDoubt(error, verdicts),
    }
}

/// Where the log ends, and what it says about each append.
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
            event_log.epoch,
            (SELECT position FROM events ORDER BY position DESC LIMIT 1) AS head,
            asked.place,
            last.revision AS "last_revision?",
            done.stream_category AS "done_category?",
            done.stream_id AS "done_id?",
            done.position AS "done_position?",
            done.revision AS "done_revision?"
        FROM event_log
        LEFT JOIN UNNEST($1::uuid[], $2::text[], $3::uuid[])
            WITH ORDINALITY AS asked (command_id, stream_category, stream_id, place) ON true
        LEFT JOIN LATERAL (
            SELECT revision FROM events
            WHERE stream_category = asked.stream_category AND stream_id = asked.stream_id
            ORDER BY revision DESC LIMIT 1
        ) AS last ON true
        LEFT JOIN LATERAL (
            SELECT stream_category, stream_id, position, revision FROM events
            WHERE command_id = asked.command_id
            ORDER BY command_part DESC LIMIT 1
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
        .filter(|row| row.place.is_some())
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

/// What is to be inserted, column by column, and the last events of streams
/// that are gone on with.
#[derive(Default)]
struct Rows<'a> {
    categories: Vec<&'a str>,
    stream_ids: Vec<Uuid>,
    revisions: Vec<i64>,
    event_ids: Vec<Uuid>,
    command_ids: Vec<Uuid>,
    command_parts: Vec<i16>,
    type_names: Vec<&'a str>,
    schema_versions: Vec<i32>,
    data: Vec<&'a str>,
    metadata: Vec<&'a str>,
    last_categories: Vec<&'a str>,
    last_ids: Vec<Uuid>,
    last_revisions: Vec<i64>,
}

impl<'a> Rows<'a> {
    fn of(appends: &[&'a Written], verdicts: &[Verdict]) -> Self {
        let mut rows = Self::default();
        let mut streams = HashSet::new();
        for (written, verdict) in appends.iter().zip(verdicts) {
            if let Verdict::Insert(_) = verdict {
                if streams.insert(&written.stream) {
                    rows.go_on_with(written);
                }
                rows.push(written);
            }
        }
        rows
    }

    fn go_on_with(&mut self, written: &'a Written) {
        if let ExpectedRevision::Exact(last) = written.expected {
            self.last_categories.push(&written.stream.category);
            self.last_ids.push(written.stream.id);
            self.last_revisions.push(last.cast_signed());
        }
    }

    fn push(&mut self, written: &'a Written) {
        let revisions = written.expected.next()..;
        for ((event, revision), part) in written.events.iter().zip(revisions).zip(0..) {
            self.categories.push(&written.stream.category);
            self.stream_ids.push(written.stream.id);
            self.revisions.push(revision.cast_signed());
            self.event_ids.push(event.id);
            self.command_ids.push(written.command_id);
            self.command_parts.push(part);
            self.type_names.push(&event.type_name);
            self.schema_versions.push(event.schema_version.into());
            self.data.push(&event.data);
            self.metadata.push(&written.metadata);
        }
    }

    async fn insert(&self, connection: &mut PgConnection) -> sqlx::Result<Position> {
        // All of the answer is read, to where the server says that it is ready:
        // only then has it committed.
        let answer = sqlx::query!(
            r#"
            SELECT log_epoch AS "epoch!", log_head AS "head!" FROM append_events(
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
            )
            "#,
            APPEND_LOCK,
            &self.categories as _,
            &self.stream_ids,
            &self.revisions,
            &self.event_ids,
            &self.command_ids,
            &self.command_parts,
            &self.type_names as _,
            &self.schema_versions,
            &self.data as _,
            &self.metadata as _,
            &self.last_categories as _,
            &self.last_ids,
            &self.last_revisions,
        )
        .fetch_all(connection)
        .await?;
        let before = answer.first().ok_or(sqlx::Error::RowNotFound)?;
        Ok(Position {
            epoch: before.epoch,
            value: before.head.cast_unsigned(),
        })
    }

    /// Where a log ends that ended at `head` before.
    fn end(&self, head: Position) -> Position {
        Position {
            value: head.value + self.event_ids.len() as u64,
            ..head
        }
    }
}

async fn within_limit<T>(step: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(STEP_TIMEOUT, step)
        .await
        .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}
