//! The Postgres database that the whole program shares: reaching it, and
//! bringing its tables up to date.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tokio::time::{Instant, sleep, timeout_at};

/// Every migration of the program, the log's and the read models'.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// How long a query waits for a free connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a server that is not up yet is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// A plan that was made while a table was empty scans all of it once it is
/// large, so plans follow the data. Compiling them takes longer than our
/// queries run.
const SESSION: [(&str, &str); 2] = [("plan_cache_mode", "force_custom_plan"), ("jit", "off")];

/// A pool on `url`, with the settings that every crate's queries expect.
/// Unix sockets are named in the query: `postgres:///narrate?host=/run/dir`.
/// A server that is not up yet is waited for, 10 s at most.
pub async fn connect(url: &str, max_connections: u32) -> sqlx::Result<PgPool> {
    let mut options: PgConnectOptions = url.parse()?;
    if options.get_application_name().is_none() {
        options = options.application_name("narrate");
    }
    options = options.options(SESSION);
    await_server(&options).await?;
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}

/// Fails with what stands in the way. A pool would wait too, but not for a
/// server behind a door that opens before it, and would not say what it met.
async fn await_server(options: &PgConnectOptions) -> sqlx::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match timeout_at(deadline, options.connect()).await {
            Ok(Ok(connection)) => return connection.close().await,
            Ok(Err(error)) if !comes_up(&error) || Instant::now() + PAUSE > deadline => {
                return Err(error);
            }
            Ok(Err(_)) => sleep(PAUSE).await,
            Err(elapsed) => return Err(sqlx::Error::Io(elapsed.into())),
        }
    }
}

fn comes_up(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(refusal) => refusal.is_transient_in_connect_phase(),
        _ => false,
    }
}
