//! The log passes what every store must, on the double.

use event_store::conformance::Subject;
use event_store::kurrentdb::Limits;
use kurrentdb_double::Double;
use std::sync::Arc;
use uuid::Uuid;

use crate::support::connect;

event_store::conformance_tests!(open);

async fn open() -> Subject {
    let double = Double::start().await.unwrap();
    double.set_max_append_bytes(256 * 1024 * 1024);
    let log = connect(&double.url(), Limits::default()).await;
    Subject::new(Arc::new(log), Uuid::NAMESPACE_OID).keeping(double)
}
