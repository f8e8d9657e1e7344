//! Appends a second with 1, 8 and 64 callers, beside bare one-row inserts by as
//! many clients on the same database in the same run.
//!
//! `cargo bench -p event-store --bench append`, with the server for tests named
//! by `NARRATE_TEST_DATABASE_URL`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use event_store::conformance::Subject;
use event_store::testing::TestDatabase;
use event_store::{ExpectedRevision, PostgresLog};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;
use uuid::Uuid;

const EACH: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() {
    println!("callers  appends/s  p50 ms  p99 ms | inserts/s  p50 ms  p99 ms | ratio  batch");
    for callers in [1, 8, 64] {
        let database = Arc::new(TestDatabase::create().await);
        let inserts = bare_inserts(&database, callers).await;
        let appends = appends(&database, callers).await;
        println!(
            "{callers:>7}  {appends} | {inserts} | {:>5.2}  {:>5.1}",
            appends.per_second / inserts.per_second,
            batch_size(&database).await,
        );
    }
}

/// Each caller appends one event to a stream of its own, again and again.
async fn appends(database: &Arc<TestDatabase>, callers: usize) -> Figures {
    let log = PostgresLog::connect(database.pool().clone())
        .await
        .expect("the log opens");
    let subject = Subject::new(Arc::new(log), Uuid::NAMESPACE_OID).keeping(Arc::clone(database));
    let subject = Arc::new(subject);
    run(callers, || {
        let subject = Arc::clone(&subject);
        async move {
            let stream = subject.stream("bench");
            let mut expected = ExpectedRevision::NoStream;
            let mut laps = Laps::start();
            while laps.go_on() {
                let command = subject.command(&stream, expected, [payload()]);
                let appended = laps.time(subject.store().append(command)).await;
                expected = ExpectedRevision::Exact(appended.expect("it is appended").revision);
            }
            laps.took
        }
    })
    .await
}

/// Commands a transaction, counted by the ids that transactions left.
async fn batch_size(database: &TestDatabase) -> f64 {
    sqlx::query_scalar("SELECT count(*)::float8 / count(DISTINCT xmin::text) FROM events")
        .fetch_one(database.pool())
        .await
        .expect("the log can be read")
}

/// Each client inserts one row a transaction, without any rule.
async fn bare_inserts(database: &TestDatabase, clients: usize) -> Figures {
    sqlx::query(
        "CREATE TABLE bare (id bigserial PRIMARY KEY, stream uuid, data json, metadata json)",
    )
    .execute(database.pool())
    .await
    .expect("the table is made");
    run(clients, || {
        let url = database.url().to_owned();
        async move {
            let mut connection = PgConnection::connect(&url)
                .await
                .expect("the server answers");
            let mut laps = Laps::start();
            while laps.go_on() {
                let insert =
                    sqlx::query("INSERT INTO bare (stream, data, metadata) VALUES ($1, $2, $3)")
                        .bind(Uuid::nil())
                        .bind(payload())
                        .bind(payload())
                        .execute(&mut connection);
                laps.time(insert).await.expect("it is inserted");
            }
            laps.took
        }
    })
    .await
}

/// About as large as an event of a video.
fn payload() -> serde_json::Value {
    json!({ "text": "x".repeat(300) })
}

struct Figures {
    per_second: f64,
    p50: Duration,
    p99: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |took: Duration| took.as_secs_f64() * 1_000.0;
        write!(
            f,
            "{:>9.0}  {:>6.2}  {:>6.2}",
            self.per_second,
            ms(self.p50),
            ms(self.p99)
        )
    }
}

async fn run<F>(callers: usize, caller: impl Fn() -> F) -> Figures
where
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let start = Instant::now();
    let running: JoinSet<_> = (0..callers).map(|_| caller()).collect();
    let mut took: Vec<Duration> = running.join_all().await.into_iter().flatten().collect();
    let per_second = took.len() as f64 / start.elapsed().as_secs_f64();
    took.sort_unstable();
    Figures {
        per_second,
        p50: took[took.len() / 2],
        p99: took[took.len() * 99 / 100],
    }
}

struct Laps {
    start: Instant,
    took: Vec<Duration>,
}

impl Laps {
    fn start() -> Self {
        Self {
            start: Instant::now(),
            took: Vec::new(),
        }
    }

    fn go_on(&self) -> bool {
        self.start.elapsed() < EACH
    }

    async fn time<T>(&mut self, lap: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let result = lap.await;
        self.took.push(start.elapsed());
        result
    }
}
