//! A log in a double of its own.

use std::sync::Arc;
use std::time::Duration;

use domain::IdSource;
use event_store::KurrentLog;
use event_store::conformance::Subject;
use event_store::kurrentdb::Limits;
use kurrentdb_double::Double;
use tokio::sync::watch;
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
pub(crate) fn ids(first: u64) -> Arc<Counting> {
    Arc::new(Counting(watch::Sender::new(first)))
}

pub(crate) struct Counting(watch::Sender<u64>);

impl Counting {
    /// Resolves when the next id is taken.
    pub(crate) fn taken(&self) -> impl Future<Output = ()> {
        let mut ids = self.0.subscribe();
        async move { ids.changed().await.unwrap() }
    }
}

impl IdSource for Counting {
    fn fresh(&self) -> Uuid {
        let mut id = 0;
        self.0.send_modify(|next| {
            id = *next;
            *next += 1;
        });
        Uuid::from_u64_pair(1, id)
    }
}
