//! The Postgres database that the whole program shares: reaching it, and
//! bringing its tables up to date.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Every migration of the program, the log's and the read models'.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// How long a query waits for a free connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A plan that was made while a table was empty scans all of it once it is
/// large, so plans follow the data. Compiling them takes longer than our
/// queries run.
const SESSION: [(&str, &str); 2] = [("plan_cache_mode", "force_custom_plan"), ("jit", "off")];

/// A pool on `url`, with the settings that every crate's queries expect.
/// Unix sockets are named in the query: `postgres:///narrate?host=/run/dir`.
pub async fn connect(url: &str, max_connections: u32) -> sqlx::Result<PgPool> {
    let mut options: PgConnectOptions = url.parse()?;
    if options.get_application_name().is_none() {
        options = options.application_name("narrate");
    }
    options = options.options(SESSION);
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}
