use std::sync::Arc;

use event_store::conformance::Subject;
use event_store::testing::TestDatabase;
use event_store::{ExpectedRevision, PostgresLog};
use uuid::Uuid;

use crate::laps::{Figures, Laps, payload, run};

pub async fn measure(callers: usize) -> Figures {
    let database = TestDatabase::create().await;
    let log = PostgresLog::connect(database.pool().clone())
        .await
        .expect("the log opens");
    let subject = Subject::new(Arc::new(log), Uuid::NAMESPACE_OID).keeping(database);
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
