//! The JetStream stream of relayed events, and what is remembered of it, so that
//! one that was deleted or cut short is noticed.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::stream::{self, Info, Stream};
use sqlx::{PgPool, Postgres, Transaction};

use super::RelayError;
use crate::Subjects;

/// How long JetStream recognises a message by its id.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(10 * 60);
/// How long a message waits for a worker before only the log remembers it.
pub(super) const MAX_AGE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Makes sure that the stream of relayed events exists.
pub async fn ensure_stream(
    jetstream: &jetstream::Context,
    subjects: &Subjects,
) -> Result<Stream, RelayError> {
    let config = stream::Config {
        name: subjects.stream_name(),
        subjects: vec![subjects.all_events()],
        storage: stream::StorageType::File,
        duplicate_window: DUPLICATE_WINDOW,
        max_age: MAX_AGE,
        ..Default::default()
    };
    Ok(jetstream.get_or_create_stream(config).await?)
}

/// Remembers the stream as it is, and counts a loss if it is not the one that
/// is remembered or does not reach as far. The relay alone may call this.
pub(super) async fn note(pool: &PgPool, info: &Info) -> sqlx::Result<()> {
    let noted = sqlx::query!(
        "INSERT INTO relayed_streams AS known (name, created_unix_ns, last_sequence)
         VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET
             created_unix_ns = excluded.created_unix_ns,
             last_sequence = excluded.last_sequence,
             losses = known.losses + 1
         WHERE known.created_unix_ns <> excluded.created_unix_ns
             OR known.last_sequence > excluded.last_sequence
         RETURNING losses",
        info.config.name,
        created_unix_ns(info),
        info.state.last_sequence.cast_signed()
    )
    .fetch_optional(pool)
    .await?;
    if noted.is_some_and(|noted| noted.losses > 0) {
        tracing::warn!(
            stream = info.config.name,
            "JetStream has lost messages: what workers still owe is looked up and sent again"
        );
    }
    Ok(())
}

/// Remembers that the stream reaches to `last_sequence`.
pub(super) async fn extend(
    tx: &mut Transaction<'_, Postgres>,
    info: &Info,
    last_sequence: u64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE relayed_streams SET last_sequence = GREATEST(last_sequence, $3)
         WHERE name = $1 AND created_unix_ns = $2",
        info.config.name,
        created_unix_ns(info),
        last_sequence.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The number of the latest loss of the stream `name`, unless what it lost has
/// been sent again.
pub(super) async fn unreconciled_loss(pool: &PgPool, name: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "SELECT losses FROM relayed_streams WHERE name = $1 AND losses > reconciled",
        name
    )
    .fetch_optional(pool)
    .await
}

/// What was lost up to the loss number `loss` has been sent again.
pub(super) async fn reconciled(pool: &PgPool, name: &str, loss: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE relayed_streams SET reconciled = $2 WHERE name = $1",
        name,
        loss
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Good until the year 2262.
fn created_unix_ns(info: &Info) -> i64 {
    i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(i64::MAX)
}
