//! A version's record, and its checkpoint.

use domain::projection::Comparison;
use event_store::Position;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use uuid::Uuid;

/// A version of a read model that is not dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub version: u32,
    /// [`crate::Projector::logic`] of the code that writes it.
    pub logic: u32,
    pub state: VersionState,
    /// How far it has come.
    pub position: Position,
    /// Events applied while it was being built.
    pub events: u64,
    /// How fast lately, while it was being built.
    pub events_per_second: Option<f64>,
    /// Its rows beside the live ones, if they were compared.
    pub comparison: Option<Comparison>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Readers see it.
    Live,
    Building,
    /// Was live, and is kept to roll back to.
    Retired,
}

struct Row {
    version: i32,
    logic: i32,
    state: String,
    epoch: Uuid,
    position: i64,
    events: i64,
    events_per_second: Option<f64>,
    comparison: Option<String>,
}

impl From<Row> for Version {
    fn from(row: Row) -> Self {
        Self {
            version: row.version.cast_unsigned(),
            logic: row.logic.cast_unsigned(),
            state: match row.state.as_str() {
                "live" => VersionState::Live,
                "building" => VersionState::Building,
                _ => VersionState::Retired,
            },
            position: Position {
                epoch: row.epoch,
                value: row.position.cast_unsigned(),
            },
            events: row.events.cast_unsigned(),
            events_per_second: row.events_per_second,
            comparison: row.comparison.and_then(|slug| slug.parse().ok()),
        }
    }
}

pub(super) async fn list(pool: &PgPool, projection: &str) -> sqlx::Result<Vec<Version>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT v.version, v.logic, v.state, COALESCE(c.epoch, v.epoch) AS "epoch!",
               COALESCE(c.position, v.position) AS "position!", v.events, v.events_per_second,
               v.comparison
           FROM projection_versions v
           LEFT JOIN checkpoints c
               ON c.name = v.projection AND c.version = v.version AND v.state = 'live'
           WHERE v.projection = $1 AND v.state <> 'dropped'
           ORDER BY v.version DESC"#,
        projection
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Version `version` of `projection`, unless it was dropped or never was.
pub(crate) async fn load(
    pool: &PgPool,
    projection: &str,
    version: u32,
) -> sqlx::Result<Option<Version>> {
    let all = list(pool, projection).await?;
    Ok(all.into_iter().find(|one| one.version == version))
}

/// What readers see of `projection`, if it was ever followed.
pub(crate) async fn live(pool: &PgPool, projection: &str) -> sqlx::Result<Option<Version>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT v.version, v.logic, v.state, c.epoch, c.position, v.events,
               v.events_per_second, v.comparison
           FROM checkpoints c
           JOIN projection_versions v ON v.projection = c.name AND v.version = c.version
           WHERE c.name = $1"#,
        projection
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(Into::into))
}

/// The version and checkpoint of what is live, which stay so until `tx` ends.
pub(crate) async fn lock_live(
    tx: &mut PgConnection,
    projection: &str,
) -> sqlx::Result<Option<Version>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT v.version, v.logic, v.state, c.epoch, c.position, v.events,
               v.events_per_second, v.comparison
           FROM checkpoints c
           JOIN projection_versions v ON v.projection = c.name AND v.version = c.version
           WHERE c.name = $1
           FOR UPDATE OF c"#,
        projection
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(Into::into))
}

/// Begins the first version of `projection`; what there is already stays.
pub(crate) async fn init(
    pool: &PgPool,
    projection: &str,
    logic: u32,
    at: Position,
) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "INSERT INTO projection_versions (projection, version, logic, state, epoch, position)
         VALUES ($1, 1, $2, 'live', $3, $4)
         ON CONFLICT DO NOTHING",
        projection,
        logic.cast_signed(),
        at.epoch,
        at.value.cast_signed()
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO checkpoints (name, version, epoch, position)
         SELECT projection, version, $2, $3 FROM projection_versions
         WHERE projection = $1 AND state = 'live'
         ON CONFLICT (name) DO NOTHING",
        projection,
        at.epoch,
        at.value.cast_signed()
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Begins `version` beside the live one, at the log's start. One that was begun
/// before begins again.
pub(crate) async fn create(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    version: u32,
    logic: u32,
    start: Position,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO projection_versions (projection, version, logic, state, epoch, position)
         VALUES ($1, $2, $3, 'building', $4, $5)
         ON CONFLICT (projection, version) DO UPDATE SET
             logic = excluded.logic, state = excluded.state, epoch = excluded.epoch,
             position = excluded.position, events = 0, events_per_second = NULL,
             comparison = NULL, updated_at = now()
         WHERE projection_versions.state <> 'live'",
        projection,
        version.cast_signed(),
        logic.cast_signed(),
        start.epoch,
        start.value.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    forget_parked(tx, projection, version).await
}

pub(super) async fn forget_parked(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    version: u32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM parked_events WHERE projection = $1 AND version = $2",
        projection,
        version.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Moves the live checkpoint from `from` to `to`. False when `from` is not what
/// is live: another process is ahead, or a swap came between; `tx` must then be
/// rolled back.
pub(crate) async fn advance(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    from: &Version,
    to: Position,
) -> sqlx::Result<bool> {
    let moved = sqlx::query!(
        "UPDATE checkpoints SET position = $5, updated_at = now()
         WHERE name = $1 AND version = $2 AND epoch = $3 AND position = $4",
        projection,
        from.version.cast_signed(),
        from.position.epoch,
        from.position.value.cast_signed(),
        to.value.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// The same for a version that is not live, which has applied `events` on the
/// way, `events_per_second` of them lately.
pub(crate) async fn advance_beside(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    from: &Version,
    to: Position,
    events: usize,
    events_per_second: Option<f64>,
) -> sqlx::Result<bool> {
    let moved = sqlx::query!(
        "UPDATE projection_versions
         SET position = $5, events = events + $6,
             events_per_second = COALESCE($7, events_per_second), updated_at = now()
         WHERE projection = $1 AND version = $2 AND epoch = $3 AND position = $4
             AND state IN ('building', 'retired')",
        projection,
        from.version.cast_signed(),
        from.position.epoch,
        from.position.value.cast_signed(),
        to.value.cast_signed(),
        events as i64,
        events_per_second
    )
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Makes `version` live in place of `old`, which is locked and retires.
pub(crate) async fn go_live(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    old: &Version,
    version: u32,
) -> sqlx::Result<Version> {
    sqlx::query!(
        "UPDATE projection_versions
         SET state = 'retired', epoch = $3, position = $4, updated_at = now()
         WHERE projection = $1 AND version = $2",
        projection,
        old.version.cast_signed(),
        old.position.epoch,
        old.position.value.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query_as!(
        Row,
        "UPDATE projection_versions SET state = 'live', updated_at = now()
         WHERE projection = $1 AND version = $2
         RETURNING version, logic, state, epoch, position, events, events_per_second, comparison",
        projection,
        version.cast_signed()
    )
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE checkpoints SET version = $2, epoch = $3, position = $4, updated_at = now()
         WHERE name = $1",
        projection,
        row.version,
        row.epoch,
        row.position
    )
    .execute(&mut **tx)
    .await?;
    Ok(row.into())
}

pub(crate) async fn set_comparison(
    pool: &PgPool,
    projection: &str,
    version: u32,
    comparison: Comparison,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE projection_versions SET comparison = $3, updated_at = now()
         WHERE projection = $1 AND version = $2",
        projection,
        version.cast_signed(),
        comparison.slug()
    )
    .execute(pool)
    .await?;
    Ok(())
}
