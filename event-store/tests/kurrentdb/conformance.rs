//! The log passes what every store must, on the double.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use event_store::conformance::{Cut, Disturbance, Subject, Then};
use event_store::kurrentdb::Limits;
use kurrentdb_double::{Double, Lost};
use uuid::Uuid;

use crate::support::connect;

event_store::conformance_tests!(open);
event_store::conformance_fault_tests!(open_to_disturb);

async fn open() -> Subject {
    let double = Double::start().await.unwrap();
    // As KurrentDB 26 takes.
    double.set_max_append_bytes(256 * 1024 * 1024);
    let log = connect(&double.url(), Limits::default()).await;
    let second = connect(&double.url(), Limits::default()).await;
    Subject::new(Arc::new(log), Uuid::NAMESPACE_OID)
        .with_second(Arc::new(second))
        .keeping(double)
}

async fn open_to_disturb(settle_within: Duration) -> Subject {
    let double = Double::start().await.unwrap();
    let limits = Limits {
        settle_within,
        ..Limits::default()
    };
    let log = connect(&double.url(), limits).await;
    Subject::new(Arc::new(log), Uuid::NAMESPACE_OID).with_disturbance(Disturbed(double))
}

struct Disturbed(Double);

#[async_trait]
impl Disturbance for Disturbed {
    async fn cut_next_commit(&self, cut: Cut, then: Then) {
        let when = match cut {
            Cut::BeforeCommit => Lost::BeforeCommit,
            Cut::AfterCommit => Lost::AfterCommit,
        };
        match then {
            Then::Reachable => self.0.lose_next_reply(when),
            Then::Away => self.0.lose_next_reply_and_go_down(when),
        }
    }

    async fn go_away(&self) {
        self.0.go_down();
    }

    async fn come_back(&self) {
        self.0.up().unwrap();
    }
}
