//! A Postgres log on a database of its own, and ways to disturb it.

pub(crate) mod proxy;

use std::sync::Arc;
use std::time::Duration;

use event_store::conformance::Subject;
use event_store::postgres::{APPEND_LOCK, Limits};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Filter, PostgresLog, RecordedEvent};
use sqlx::PgPool;
use sqlx::postgres::PgConnection;
use tokio::time::timeout;
use uuid::Uuid;

/// What takes longer than this never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What tests on one database share: the log, and the subject that makes
/// commands for it.
pub(crate) struct Fixture {
    pub(crate) log: Arc<PostgresLog>,
    pub(crate) subject: Arc<Subject>,
    pub(crate) database: TestDatabase,
}

impl Fixture {
    pub(crate) async fn open() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let database = TestDatabase::create().await;
        let log = PostgresLog::connect_with(database.pool().clone(), limits)
            .await
            .map(Arc::new)
            .unwrap();
        let subject = Arc::new(Subject::new(Arc::clone(&log) as _, Uuid::NAMESPACE_OID));
        Self {
            log,
            subject,
            database,
        }
    }

    /// A second log on the same database, as another process has it.
    pub(crate) async fn another_log(&self) -> PostgresLog {
        let pool = event_store::database::connect(self.database.url(), 2)
            .await
            .unwrap();
        PostgresLog::connect(pool).await.unwrap()
    }

    /// Appending waits until what is returned is dropped.
    pub(crate) async fn hold_log(&self) -> HeldLog {
        let mut connection = self.database.pool().acquire().await.unwrap().detach();
        sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(APPEND_LOCK)
            .execute(&mut connection)
            .await
            .unwrap();
        HeldLog {
            _connection: connection,
        }
    }

    pub(crate) async fn whole_log(&self) -> Vec<RecordedEvent> {
        let start = self.log.start().await.unwrap();
        self.subject
            .read_after(start, 500, &Filter::default())
            .await
    }
}

/// The log's lock is free once this connection is closed.
pub(crate) struct HeldLog {
    _connection: PgConnection,
}

/// Positions of `events` are 1, 2, 3 and so on.
pub(crate) fn assert_gapless(events: &[RecordedEvent]) {
    let positions: Vec<u64> = events.iter().map(|event| event.position.value).collect();
    let gapless: Vec<u64> = (1..=events.len() as u64).collect();
    assert_eq!(positions, gapless);
}

/// Waits until the appender has asked for the lock that another holds.
pub(crate) async fn until_appender_waits(pool: &PgPool) {
    let asked = async {
        while !appender_waits(pool).await {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, asked)
        .await
        .expect("the appender asks for the lock");
}

/// Ends the server's side of the log's connections of this name.
pub(crate) async fn kill(pool: &PgPool, application: &str) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = $1",
    )
    .bind(application)
    .execute(pool)
    .await
    .unwrap();
}

async fn appender_waits(pool: &PgPool) -> bool {
    sqlx::query_scalar(
        "SELECT EXISTS (
            SELECT FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event = 'advisory'
        )",
    )
    .fetch_one(pool)
    .await
    .unwrap()
}
