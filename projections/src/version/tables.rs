//! The tables of a version that is not live, in a schema of their own.
//!
//! They are copies of the live ones down to the names of their indexes, so that
//! after a swap a migration finds everything by the name it knows. Indexes that
//! are no constraint come last, when the rows are there.
//!
//! Names of projections and tables are the program's own, so they may stand in
//! statements.

use sqlx::{AssertSqlSafe, PgConnection, Postgres, Transaction};

use super::row::forget_parked;
use crate::Projector;

/// Where the live tables are.
const LIVE: &str = "public";

/// The schema of a version that is not live.
pub(crate) fn schema_of(projection: &str, version: u32) -> String {
    format!("projection_{projection}_{version}")
}

/// From now on, until `tx` ends, tables are looked for in `schema` first.
pub(crate) async fn look_in(tx: &mut Transaction<'_, Postgres>, schema: &str) -> sqlx::Result<()> {
    execute(tx, format!("SET LOCAL search_path = {schema}, {LIVE}")).await
}

/// Empty tables for a new version; those of an attempt before are gone.
pub(crate) async fn create(
    tx: &mut Transaction<'_, Postgres>,
    projector: &dyn Projector,
    version: u32,
) -> sqlx::Result<()> {
    let schema = &schema_of(projector.name(), version);
    execute(tx, format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await?;
    execute(tx, format!("CREATE SCHEMA {schema}")).await?;
    for table in projector.tables() {
        execute(
            tx,
            format!(
                "CREATE TABLE {schema}.{table} (LIKE {LIVE}.{table} INCLUDING ALL EXCLUDING INDEXES)"
            ),
        )
        .await?;
        let constraints = sqlx::query!(
            r#"SELECT conname::text AS "name!", pg_get_constraintdef(oid) AS "definition!"
               FROM pg_constraint
               WHERE conrelid = format('public.%I', $1::text)::regclass
                   AND contype IN ('p', 'u', 'x')
               ORDER BY conname"#,
            table
        )
        .fetch_all(&mut **tx)
        .await?;
        for constraint in constraints {
            let (name, definition) = (constraint.name, constraint.definition);
            execute(
                tx,
                format!(r#"ALTER TABLE {schema}.{table} ADD CONSTRAINT "{name}" {definition}"#),
            )
            .await?;
        }
    }
    Ok(())
}

/// The indexes that [`create`] left for later, where they are missing.
pub(crate) async fn add_indexes(
    connection: &mut PgConnection,
    projector: &dyn Projector,
    schema: &str,
) -> sqlx::Result<()> {
    for table in projector.tables() {
        let definitions = sqlx::query_scalar!(
            r#"SELECT pg_get_indexdef(i.indexrelid) AS "definition!"
               FROM pg_index i
               JOIN pg_class c ON c.oid = i.indexrelid
               WHERE i.indrelid = format('public.%I', $1::text)::regclass
                   AND NOT EXISTS (
                       SELECT FROM pg_constraint k
                       WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
                   AND to_regclass(format('%I.%I', $2::text, c.relname)) IS NULL
               ORDER BY c.relname"#,
            table,
            schema
        )
        .fetch_all(&mut *connection)
        .await?;
        for definition in definitions {
            let here = format!(" ON {LIVE}.{table} ");
            let there = format!(" ON {schema}.{table} ");
            let statement = AssertSqlSafe(definition.replacen(&here, &there, 1));
            sqlx::raw_sql(statement).execute(&mut *connection).await?;
        }
        // Plans for the new rows before anyone reads them.
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {schema}.{table}")))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The live tables move to `retiring`, those in `schema` become the live ones.
pub(crate) async fn change_places(
    tx: &mut Transaction<'_, Postgres>,
    projector: &dyn Projector,
    schema: &str,
    retiring: &str,
) -> sqlx::Result<()> {
    execute(tx, format!("CREATE SCHEMA IF NOT EXISTS {retiring}")).await?;
    for table in projector.tables() {
        execute(
            tx,
            format!("ALTER TABLE {LIVE}.{table} SET SCHEMA {retiring}"),
        )
        .await?;
        execute(
            tx,
            format!("ALTER TABLE {schema}.{table} SET SCHEMA {LIVE}"),
        )
        .await?;
    }
    execute(tx, format!("DROP SCHEMA {schema}")).await
}

/// Drops a version that is not live: its tables, what it parked, its record.
pub(crate) async fn drop(
    tx: &mut Transaction<'_, Postgres>,
    projection: &str,
    version: u32,
) -> sqlx::Result<()> {
    let schema = schema_of(projection, version);
    execute(tx, format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).await?;
    forget_parked(tx, projection, version).await?;
    sqlx::query!(
        "UPDATE projection_versions SET state = 'dropped', updated_at = now()
         WHERE projection = $1 AND version = $2 AND state <> 'live'",
        projection,
        version.cast_signed()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn execute(tx: &mut Transaction<'_, Postgres>, statement: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
