//! A log on a database of its own, with what follows it, for the tests of any
//! crate. Nothing runs until a test says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

use std::collections::HashMap;
use std::sync::Arc;

use async_nats::jetstream;
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, Clock, DomainEvent, UserId, VideoId};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Filter, PostgresLog};
use sqlx::PgPool;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

use crate::video::{TimelineEntry, VideoQueries, VideoView};
use crate::{Follower, Projector, Reconciler, ReconcilerConfig, Relay, Subjects, Watermarks};

/// Names the NATS server for tests.
pub const NATS_URL_VARIABLE: &str = "NARRATE_TEST_NATS_URL";

const TIMELINE_LIMIT: u16 = 1_000;
const FOLD_PAGE: usize = 500;

/// An empty log, a NATS client, and subjects that no other test has.
pub struct TestLog {
    pub log: Arc<PostgresLog>,
    pub nats: async_nats::Client,
    pub subjects: Subjects,
    pub watermarks: Watermarks,
    database: TestDatabase,
}

impl TestLog {
    /// # Panics
    ///
    /// When a server for tests is not named, or cannot be used; so do the
    /// other functions.
    pub async fn create() -> Self {
        let database = TestDatabase::create().await;
        let pool = database.pool().clone();
        let log = PostgresLog::connect(pool.clone())
            .await
            .expect("the fresh database holds a log");
        Self {
            log: Arc::new(log),
            nats: test_nats().await,
            subjects: Subjects::new(fresh_prefix(&database)),
            watermarks: Watermarks::new(pool),
            database,
        }
    }

    pub fn pool(&self) -> PgPool {
        self.database.pool().clone()
    }

    /// For another pool on the same database.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    pub fn jetstream(&self) -> jetstream::Context {
        jetstream::new(self.nats.clone())
    }

    /// One for each projection, and one for orders about parked events.
    pub fn followers(&self) -> Vec<Follower> {
        let log: Arc<dyn EventStore> = self.log.clone();
        crate::followed(&log)
            .into_iter()
            .map(|projector| self.follower(projector))
            .collect()
    }

    pub fn follower(&self, projector: Arc<dyn Projector>) -> Follower {
        Follower::new(
            projector,
            self.log.clone(),
            self.pool(),
            self.nats.clone(),
            self.subjects.clone(),
            self.watermarks.clone(),
        )
    }

    pub fn reconciler(&self, clock: Arc<dyn Clock>, config: ReconcilerConfig) -> Reconciler {
        Reconciler {
            store: self.log.clone(),
            pool: self.pool(),
            nats: self.nats.clone(),
            subjects: self.subjects.clone(),
            clock,
            config,
        }
    }

    pub fn relay(&self) -> Relay {
        Relay::new(
            self.log.clone(),
            self.pool(),
            self.jetstream(),
            self.subjects.clone(),
        )
    }

    /// As its owner, the local one, sees it.
    pub async fn video(&self, id: VideoId) -> Option<VideoView> {
        VideoQueries::new(self.pool())
            .by_id(UserId::LOCAL_OWNER, id)
            .await
            .expect("the videos can be read")
    }

    /// Likewise, from the first event on.
    pub async fn timeline(&self, id: VideoId) -> Vec<TimelineEntry> {
        VideoQueries::new(self.pool())
            .timeline(UserId::LOCAL_OWNER, id, None, TIMELINE_LIMIT)
            .await
            .expect("the timeline can be read")
    }
}

/// The videos that the log tells of, without any rows, in no order.
pub async fn fold_videos(log: &dyn EventStore) -> Vec<VideoView> {
    let mut videos: HashMap<Uuid, Option<VideoView>> = HashMap::new();
    let mut after = log.start().await.unwrap();
    loop {
        let page = log.read_all(after, FOLD_PAGE, &Filter::default()).await;
        let page = page.unwrap();
        for recorded in &page.events {
            if recorded.stream.category == Video::CATEGORY {
                let event = VideoEvent::restore(&recorded.event).unwrap();
                let video = videos.entry(recorded.stream.id).or_default();
                *video = VideoView::after(video.take(), &event, recorded);
            }
        }
        after = page.scanned_to;
        if page.is_last {
            return videos.into_values().flatten().collect();
        }
    }
}

/// A connection of its own to the NATS server for tests.
pub async fn test_nats() -> async_nats::Client {
    connect(&nats_url()).await
}

fn nats_url() -> String {
    std::env::var(NATS_URL_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{NATS_URL_VARIABLE} is not set: run the tests with `make test`, or through the \
             `with-test-servers` runner"
        )
    })
}

async fn connect(url: &str) -> async_nats::Client {
    crate::nats::connect(url)
        .await
        .expect("the NATS server for tests answers")
}

/// A line to the NATS server for tests that can be cut and mended.
pub struct Line {
    address: std::net::SocketAddr,
    is_cut: watch::Sender<bool>,
}

impl Line {
    pub async fn lay() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (is_cut, cut) = watch::channel(false);
        tokio::spawn(async move {
            let server: async_nats::ServerAddr =
                nats_url().parse().expect("the address is a NATS server's");
            while let Ok((mut near, _)) = listener.accept().await {
                let mut cut = cut.clone();
                let server = (server.host().to_owned(), server.port());
                tokio::spawn(async move {
                    if *cut.borrow_and_update() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(server).await else {
                        return;
                    };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.wait_for(|cut| *cut) => {}
                    }
                });
            }
        });
        Self { address, is_cut }
    }

    /// The address of this end.
    pub fn url(&self) -> String {
        let url = nats_url();
        let account = url.rsplit_once('@').map_or("", |(account, _)| account);
        let at = if account.is_empty() { "nats://" } else { "@" };
        format!("{account}{at}{}", self.address)
    }

    /// A client at this end.
    pub async fn client(&self) -> async_nats::Client {
        connect(&self.url()).await
    }

    /// Every connection breaks, and no new one comes about.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

/// A prefix of subjects that no other test has: the database's name is fresh,
/// and so are subjects named by it.
pub fn fresh_prefix(database: &TestDatabase) -> String {
    let (_, name) = database
        .url()
        .rsplit_once("narrate_test_")
        .expect("test databases are named so");
    let hex: String = name.chars().take_while(char::is_ascii_hexdigit).collect();
    format!("t{hex}")
}
