//! A log on a database of its own, with what follows it, for the tests of any
//! crate. Nothing runs until a test says so.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

use std::sync::Arc;

use async_nats::jetstream;
use domain::{UserId, VideoId};
use event_store::PostgresLog;
use event_store::testing::TestDatabase;
use sqlx::PgPool;

use crate::video::{TimelineEntry, VideoQueries, VideoView};
use crate::{Follower, Relay, Subjects, Watermarks};

/// Names the NATS server for tests.
pub const NATS_URL_VARIABLE: &str = "NARRATE_TEST_NATS_URL";

const TIMELINE_LIMIT: u16 = 1_000;

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

    /// One for each projection.
    pub fn followers(&self) -> Vec<Follower> {
        let follower = |projector| {
            Follower::new(
                projector,
                self.log.clone(),
                self.pool(),
                self.nats.clone(),
                self.subjects.clone(),
                self.watermarks.clone(),
            )
        };
        crate::projectors().into_iter().map(follower).collect()
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

/// A connection of its own to the NATS server for tests.
pub async fn test_nats() -> async_nats::Client {
    let url = std::env::var(NATS_URL_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{NATS_URL_VARIABLE} is not set: run the tests with `make test`, or through the \
             `with-test-servers` runner"
        )
    });
    crate::nats::connect(&url)
        .await
        .expect("the NATS server for tests answers")
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
