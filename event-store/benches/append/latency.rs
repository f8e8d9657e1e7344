//! How long an append takes at a steady 2,000 commands a second, beside a bare
//! insert of one row at the same rate. A command's time counts from when it was
//! due, so that a stall counts for all who wait behind it.

use std::sync::Arc;
use std::time::Duration;

use crate::laps::{Figures, payload};
use crate::raw;
use event_store::conformance::Subject;
use event_store::testing::TestDatabase;
use event_store::{ExpectedRevision, PostgresLog};
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

const PER_SECOND: u32 = 2_000;
const SECONDS: u32 = 15;
const CONNECTIONS: u32 = 32;

pub(crate) async fn measure() {
    let database = Arc::new(TestDatabase::create().await);
    raw::prepare(database.pool()).await.unwrap();
    let pool = event_store::database::connect(database.url(), CONNECTIONS)
        .await
        .unwrap();
    let log = PostgresLog::connect(database.pool().clone()).await.unwrap();
    let subject = Arc::new(Subject::new(Arc::new(log), Uuid::NAMESPACE_OID));

    let inserts = steadily(|| insert(pool.clone())).await;
    let appends = steadily(|| append(Arc::clone(&subject))).await;
    println!("at {PER_SECOND}/s | reached/s  p50 ms  p95 ms  p99 ms  p99.9 ms");
    for (name, figures) in [("insert", &inserts), ("append", &appends)] {
        println!(
            "{name:<9} | {:>9.0}  {:>6.2}  {:>6.2}  {:>6.2}  {:>8.2}",
            figures.per_second,
            figures.percentile_ms(0.5),
            figures.percentile_ms(0.95),
            figures.percentile_ms(0.99),
            figures.percentile_ms(0.999),
        );
    }
    let ratio = appends.percentile_ms(0.99) / inserts.percentile_ms(0.99);
    println!("p99 of appends / p99 of inserts: {ratio:.2}");
}

async fn steadily<F>(lap: impl Fn() -> F) -> Figures
where
    F: Future<Output = ()> + Send + 'static,
{
    let start = Instant::now();
    let mut running = JoinSet::new();
    for nth in 0..PER_SECOND * SECONDS {
        let due = start + Duration::from_secs(1) / PER_SECOND * nth;
        sleep_until(due).await;
        let lap = lap();
        running.spawn(async move {
            lap.await;
            due.elapsed()
        });
    }
    Figures::of(running.join_all().await, start.elapsed())
}

async fn append(subject: Arc<Subject>) {
    let stream = subject.stream("bench");
    let command = subject.command(&stream, ExpectedRevision::NoStream, [payload()]);
    subject.store().append(command).await.unwrap();
}

async fn insert(pool: PgPool) {
    sqlx::query(
        "INSERT INTO raw_events (stream_category, stream_id, revision, event_id, command_id,
            command_part, type_name, schema_version, data, metadata)
         VALUES ('bench', gen_random_uuid(), 0, gen_random_uuid(), gen_random_uuid(), 0,
            'SomethingHappened', 1, $1, $1)",
    )
    .bind(sqlx::types::Json(payload()))
    .execute(&pool)
    .await
    .unwrap();
}
