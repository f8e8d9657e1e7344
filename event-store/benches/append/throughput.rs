//! Appends a second, one event a command, by 1, 8, 64 and 256 callers, beside
//! the same rows inserted by pgbench, one and 32 a transaction.

use std::sync::Arc;

use crate::laps::{Figures, Laps, payload, run};
use crate::raw;
use event_store::conformance::Subject;
use event_store::testing::TestDatabase;
use event_store::{ExpectedRevision, PostgresLog};
use uuid::Uuid;

const BATCH: usize = 32;

pub(crate) async fn measure() {
    println!(
        "callers | appends/s  p50 ms  p95 ms  p99 ms  a batch | rows/s by 1  ratio | rows/s by \
         {BATCH}  ratio"
    );
    for callers in [1, 8, 64, 256] {
        let database = Arc::new(TestDatabase::create().await);
        raw::prepare(database.pool()).await.unwrap();
        let single = raw::rows_per_second(database.pool(), callers, 1);
        let batched = raw::rows_per_second(database.pool(), callers, BATCH);
        let appends = appends(&database, callers).await;
        println!(
            "{callers:>7} | {:>9.0}  {:>6.2}  {:>6.2}  {:>6.2}  {:>7.1} | {single:>11.0}  {:>5.2} \
             | {batched:>12.0}  {:>5.2}",
            appends.per_second,
            appends.percentile_ms(0.5),
            appends.percentile_ms(0.95),
            appends.percentile_ms(0.99),
            batch_size(&database).await,
            appends.per_second / single,
            appends.per_second / batched,
        );
    }
}

/// Each caller appends one event to a stream of its own, again and again.
async fn appends(database: &Arc<TestDatabase>, callers: usize) -> Figures {
    let log = PostgresLog::connect(database.pool().clone()).await.unwrap();
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
                let appended = laps.time(subject.store().append(command)).await.unwrap();
                expected = ExpectedRevision::Exact(appended.revision);
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
        .unwrap()
}
