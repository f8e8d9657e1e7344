//! The physical limit: the same rows into the same table, without any rule of a
//! log, by `pgbench`.

use std::process::Command;

use sqlx::PgPool;

use crate::laps::{EACH, payload};

/// Postgres takes this many clients beside what else is connected.
const MAX_CLIENTS: usize = 64;

/// A table like the log's, its positions drawn from a sequence.
pub(crate) async fn prepare(pool: &PgPool) -> sqlx::Result<()> {
    sqlx::raw_sql(
        "CREATE TABLE raw_events (LIKE events INCLUDING ALL);
         CREATE SEQUENCE raw_positions;
         ALTER TABLE raw_events ALTER position SET DEFAULT nextval('raw_positions')",
    )
    .execute(pool)
    .await
    .map(|_| ())
}

/// Rows a second, `batch` of them a transaction, by as many clients as callers.
///
/// # Panics
///
/// When `pgbench`, which comes with Postgres, is missing or fails.
pub(crate) fn rows_per_second(pool: &PgPool, clients: usize, batch: usize) -> f64 {
    let folder = std::env::temp_dir().join(format!("raw-{}-{clients}-{batch}", std::process::id()));
    let script = format!(
        "INSERT INTO raw_events (stream_category, stream_id, revision, event_id, command_id, \
         command_part, type_name, schema_version, data, metadata) \
         SELECT 'bench', gen_random_uuid(), 0, gen_random_uuid(), gen_random_uuid(), 0, \
         'SomethingHappened', 1, '{0}', '{0}' FROM generate_series(1, {batch});\n",
        payload()
    );
    std::fs::write(&folder, script).expect("the temporary folder takes a file");
    let server = pool.connect_options();
    let host = server.get_socket().map_or_else(
        || server.get_host().to_owned(),
        |socket| socket.display().to_string(),
    );
    let said = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={}", clients.min(MAX_CLIENTS)))
        .arg(format!("--time={}", EACH.as_secs()))
        .arg("--file")
        .arg(&folder)
        .args(["--host", &host, "--port", &server.get_port().to_string()])
        .args(["--username", server.get_username()])
        .arg(server.get_database().unwrap_or_default())
        .output()
        .expect("pgbench comes with Postgres");
    let _ = std::fs::remove_file(&folder);
    let text = String::from_utf8_lossy(&said.stdout);
    let transactions: f64 = text
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("pgbench: {}", String::from_utf8_lossy(&said.stderr)));
    transactions * batch as f64
}
