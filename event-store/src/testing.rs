//! Databases for tests, each fresh and migrated, gone when the test is over.

use std::error::Error;
use std::thread;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};
use uuid::Uuid;

use crate::database::{MIGRATOR, connect};

/// Names the Postgres server for tests, by the URL of a database on it whose
/// user may create databases.
pub const DATABASE_URL_VARIABLE: &str = "NARRATE_TEST_DATABASE_URL";

/// One template is made at a time.
const TEMPLATE_LOCK: i64 = 0x6e61_7272_6174_6502;
const MAX_CONNECTIONS: u32 = 4;

/// A migrated database of its own, dropped with this.
pub struct TestDatabase {
    server: PgConnectOptions,
    name: String,
    url: String,
    pool: PgPool,
}

impl TestDatabase {
    /// # Panics
    ///
    /// When `NARRATE_TEST_DATABASE_URL` is unset, or its server cannot be used.
    pub async fn create() -> Self {
        let server_url = std::env::var(DATABASE_URL_VARIABLE).unwrap_or_else(|_| {
            panic!(
                "{DATABASE_URL_VARIABLE} is not set: run the tests with `make test`, or through \
                 the `with-test-servers` runner, which starts a server for them"
            )
        });
        match Self::try_create(&server_url).await {
            Ok(database) => database,
            Err(error) => panic!("the test server at {DATABASE_URL_VARIABLE} failed: {error}"),
        }
    }

    /// For another process or pool on this database.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    async fn try_create(server_url: &str) -> Result<Self, Box<dyn Error>> {
        let server: PgConnectOptions = server_url.parse()?;
        let mut connection = server.connect().await?;
        let template = template(&mut connection, &server).await?;
        let name: String = sqlx::query_scalar(
            "SELECT 'narrate_test_' || replace(gen_random_uuid()::text, '-', '')",
        )
        .fetch_one(&mut connection)
        .await?;
        execute(
            &mut connection,
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await?;
        connection.close().await?;

        let url = server.clone().database(&name).to_url_lossy().to_string();
        let pool = connect(&url, MAX_CONNECTIONS).await?;
        // The clone is a log of its own, not a copy of the template's.
        sqlx::query("UPDATE event_log SET epoch = gen_random_uuid()")
            .execute(&pool)
            .await?;
        Ok(Self {
            server,
            name,
            url,
            pool,
        })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop_database = drop_database(self.server.clone(), self.name.clone());
        // Dropping cannot wait on the test's own runtime.
        let dropped = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(sqlx::Error::Io)?
                .block_on(drop_database)
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!(
                "the test database {} was left behind: {dropped:?}",
                self.name
            );
        }
    }
}

async fn drop_database(server: PgConnectOptions, name: String) -> sqlx::Result<()> {
    let mut connection = server.connect().await?;
    execute(
        &mut connection,
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
    )
    .await?;
    connection.close().await
}

/// A database that holds these very migrations, made once and then cloned.
async fn template(
    connection: &mut PgConnection,
    server: &PgConnectOptions,
) -> Result<String, Box<dyn Error>> {
    let name = template_name();
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *connection)
        .await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(&name)
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        // Named only once it is whole, so that a killed run leaves no half.
        let unfinished = format!("{name}_unfinished");
        execute(connection, format!("DROP DATABASE IF EXISTS {unfinished}")).await?;
        execute(connection, format!("CREATE DATABASE {unfinished}")).await?;
        let mut migrated = server.clone().database(&unfinished).connect().await?;
        MIGRATOR.run(&mut migrated).await?;
        migrated.close().await?;
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        execute(connection, rename).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *connection)
        .await?;
    Ok(name)
}

fn template_name() -> String {
    let migrations: Vec<u8> = MIGRATOR
        .iter()
        .flat_map(|migration| migration.checksum.iter().copied())
        .collect();
    let digest = Uuid::new_v5(&Uuid::NAMESPACE_OID, &migrations);
    format!("narrate_template_{}", digest.simple())
}

async fn execute(connection: &mut PgConnection, statement: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .map(|_| ())
}
