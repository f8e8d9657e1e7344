//! Workers as a process of their own would run them: nothing is shared with
//! the rest but the servers, the media store and the makers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use commands::{Dispatcher, RandomIds, SystemClock};
use event_store::PostgresLog;
use integrations::Providers;
use integrations::media::MediaStore;
use integrations::testing::SCENES;
use projections::testing::test_nats;
use projections::{Heartbeats, Subjects};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use workers::{Health, Pipeline};

use crate::faults::{Faults, FaultyLog};

/// How long a crashed worker is missed for.
const ACK_WAIT: Duration = Duration::from_secs(1);
const CONNECTIONS: u32 = 4;

pub(crate) struct Plan {
    pub(crate) database_url: String,
    pub(crate) subjects: Subjects,
    pub(crate) providers: Providers,
    pub(crate) media: Arc<dyn MediaStore>,
    pub(crate) scratch: PathBuf,
    pub(crate) faults: Arc<Faults>,
    /// None for a connection of its own.
    pub(crate) nats: Option<async_nats::Client>,
}

/// Workers, running until they are stopped or dropped. Dropped is crashed:
/// nothing is let go of, nothing acknowledged.
pub(crate) struct Workshop {
    runtime: Option<Runtime>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Workshop {
    pub(crate) async fn open(plan: Plan) -> Self {
        let runtime = Runtime::new().unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let start = {
            let (stop, tasks) = (stop.clone(), tasks.clone());
            async move { workers::spawn_all(&plan.pipeline().await, &tasks, &stop) }
        };
        runtime.spawn(start).await.unwrap();
        Self {
            runtime: Some(runtime),
            stop,
            tasks,
        }
    }

    /// As on ctrl-c.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// As on SIGKILL.
    pub(crate) fn crash(self) {
        drop(self);
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Plan {
    async fn pipeline(self) -> Arc<Pipeline> {
        let pool = event_store::database::connect(&self.database_url, CONNECTIONS)
            .await
            .unwrap();
        let log = PostgresLog::connect(pool).await.unwrap();
        let log = Arc::new(FaultyLog::new(log, self.faults));
        let nats = match self.nats {
            Some(nats) => nats,
            None => test_nats().await,
        };
        Arc::new(Pipeline {
            dispatcher: Dispatcher::new(log, Arc::new(SystemClock)),
            jetstream: async_nats::jetstream::new(nats.clone()),
            nats,
            subjects: self.subjects,
            providers: self.providers,
            media: self.media,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            scratch: self.scratch,
            ack_wait: ACK_WAIT,
            heartbeats: Heartbeats::new(Arc::new(SystemClock), ACK_WAIT),
            health: Health::new(Arc::new(SystemClock)),
            drawing: Arc::new(Semaphore::new(SCENES)),
        })
    }
}
