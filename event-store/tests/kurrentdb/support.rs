//! A log in a double of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::IdSource;
use event_store::KurrentLog;
use event_store::conformance::Subject;
use event_store::kurrentdb::Limits;
use kurrentdb_double::Double;
use uuid::Uuid;

/// What takes longer than this never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Fixture {
    pub(crate) double: Double,
    pub(crate) log: Arc<KurrentLog>,
    pub(crate) subject: Subject,
}

impl Fixture {
    pub(crate) async fn open() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let double = Double::start().await.unwrap();
        let log = Arc::new(connect(&double.url(), limits).await);
        let subject = Subject::new(Arc::clone(&log) as _, Uuid::NAMESPACE_OID);
        Self {
            double,
            log,
            subject,
        }
    }
}

pub(crate) async fn connect(url: &str, limits: Limits) -> KurrentLog {
    KurrentLog::connect_with(&url.into(), ids(1), limits)
        .await
        .unwrap()
}

/// Ids that go up from `first`.
pub(crate) fn ids(first: u64) -> Arc<dyn IdSource> {
    Arc::new(Counting(AtomicU64::new(first)))
}

struct Counting(AtomicU64);

impl IdSource for Counting {
    fn fresh(&self) -> Uuid {
        Uuid::from_u64_pair(1, self.0.fetch_add(1, Ordering::Relaxed))
    }
}
