//! The Postgres log passes what every store must.

use std::sync::Arc;

use event_store::PostgresLog;
use event_store::conformance::Subject;
use event_store::testing::TestDatabase;
use uuid::Uuid;

event_store::conformance_tests!(open);

async fn open() -> Subject {
    let database = TestDatabase::create().await;
    let log = PostgresLog::connect(database.pool().clone())
        .await
        .expect("the log opens");
    Subject::new(Arc::new(log), Uuid::NAMESPACE_OID).keeping(database)
}
