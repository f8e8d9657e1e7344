//! The Postgres log passes what every store must.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use event_store::conformance::{Cut, Disturbance, Subject, Then};
use event_store::database::connect;
use event_store::postgres::Limits;
use event_store::testing::TestDatabase;
use event_store::{EventStore, PostgresLog};
use uuid::Uuid;

use crate::support::proxy::{Proxy, Wire};

event_store::conformance_tests!(open);
event_store::conformance_fault_tests!(open_through_a_wire);

async fn open() -> Subject {
    let database = TestDatabase::create().await;
    let pool = connect(database.url(), 4).await.unwrap();
    let second = PostgresLog::connect(pool).await.unwrap();
    Subject::new(log(&database).await, Uuid::NAMESPACE_OID)
        .with_second(Arc::new(second))
        .keeping(database)
}

async fn open_through_a_wire(settle_within: Duration) -> Subject {
    let database = TestDatabase::create().await;
    let proxy = Proxy::start(database.url()).await;
    let pool = connect(proxy.url(), 2).await.unwrap();
    let limits = Limits {
        settle_within,
        ..Limits::default()
    };
    let log = PostgresLog::connect_with(pool, limits).await.unwrap();
    Subject::new(Arc::new(log), Uuid::NAMESPACE_OID)
        .with_disturbance(proxy)
        .keeping(database)
}

async fn log(database: &TestDatabase) -> Arc<dyn EventStore> {
    let log = PostgresLog::connect(database.pool().clone()).await;
    Arc::new(log.expect("the log opens"))
}

#[async_trait]
impl Disturbance for Proxy {
    async fn cut_next_commit(&self, cut: Cut, then: Then) {
        let now = match cut {
            Cut::BeforeCommit => Wire::CutBeforeCommit,
            Cut::AfterCommit => Wire::CutAfterCommit,
        };
        let then = match then {
            Then::Reachable => Wire::Whole,
            Then::Away => Wire::Down,
        };
        self.set(now, then);
    }

    async fn go_away(&self) {
        self.set(Wire::Down, Wire::Down);
    }

    async fn come_back(&self) {
        self.set(Wire::Whole, Wire::Whole);
    }
}
