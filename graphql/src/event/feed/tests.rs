use commands::{CommandContext, Dispatcher, RandomIds, SystemClock};
use domain::series::{Series, SeriesCommand, SeriesName};
use domain::{IdSource, ProductionSettings};
use event_store::PostgresLog;
use event_store::testing::TestDatabase;
use uuid::Uuid;

use super::*;

const OTHER: UserId = UserId(Uuid::from_u128(2));

struct Fixture {
    store: Arc<dyn EventStore>,
    database: TestDatabase,
}

impl Fixture {
    async fn open() -> Self {
        let database = TestDatabase::create().await;
        let log = PostgresLog::connect(database.pool().clone()).await.unwrap();
        Self {
            store: Arc::new(log),
            database,
        }
    }

    async fn create_series(&self, owner: UserId) -> Position {
        let dispatcher = Dispatcher::new(Arc::clone(&self.store), Arc::new(SystemClock));
        let create = SeriesCommand::Create {
            owner,
            name: SeriesName::try_new("Sea facts").unwrap(),
            settings: ProductionSettings::default(),
        };
        let context = CommandContext::of_user(owner, RandomIds.fresh());
        let id = RandomIds.fresh();
        let done = dispatcher.dispatch::<Series>(id, create, &context).await;
        done.unwrap().position.unwrap()
    }

    async fn feed(
        &self,
        owner: Option<UserId>,
        after: After,
        follow: bool,
    ) -> Result<Feed, StoreError> {
        let wanted = Wanted {
            after,
            filter: Filter::default(),
            follow,
        };
        Feed::open(Arc::clone(&self.store), owner, wanted).await
    }
}

async fn positions(mut feed: Feed) -> Vec<Position> {
    let mut positions = Vec::new();
    while let Some(batch) = feed.next().await.unwrap() {
        positions.extend(batch.events.iter().map(|event| event.position));
    }
    positions
}

#[tokio::test]
async fn who_is_no_admin_sees_only_their_own_events() {
    let fixture = Fixture::open().await;
    let ours = fixture.create_series(UserId::LOCAL_OWNER).await;
    let theirs = fixture.create_series(OTHER).await;
    let both = fixture.feed(None, After::Start, false).await;
    assert_eq!(positions(both.unwrap()).await, [ours, theirs]);
    let own = fixture.feed(Some(OTHER), After::Start, false).await;
    assert_eq!(positions(own.unwrap()).await, [theirs]);
}

#[tokio::test]
async fn a_feed_that_does_not_follow_ends_where_the_log_ended_when_it_began() {
    let fixture = Fixture::open().await;
    let first = fixture.create_series(OTHER).await;
    let feed = fixture.feed(None, After::Start, false).await;
    let feed = feed.unwrap();
    fixture.create_series(OTHER).await;
    assert_eq!(feed.head(), first);
    assert_eq!(positions(feed).await, [first]);
}

#[tokio::test]
async fn a_follower_is_told_that_nothing_came_and_then_what_came() {
    let fixture = Fixture::open().await;
    let first = fixture.create_series(OTHER).await;
    let feed = fixture.feed(None, After::End, true).await;
    let mut feed = feed.unwrap();
    feed.quiet = Duration::from_millis(1);
    let nothing = feed.next().await.unwrap().unwrap();
    assert_eq!((nothing.events.len(), nothing.position), (0, first));
    feed.quiet = PATIENCE;
    let second = fixture.create_series(OTHER).await;
    let batch = feed.next().await.unwrap().unwrap();
    assert_eq!(batch.events[0].position, second);
    assert_eq!(batch.position, second);
}

#[tokio::test]
async fn a_feed_waits_for_a_store_that_is_away_for_a_moment() {
    let fixture = Fixture::open().await;
    let first = fixture.create_series(OTHER).await;
    let feed = fixture.feed(None, After::Start, false).await;
    let mut feed = feed.unwrap();
    rename(&fixture, "events", "events_away").await;
    let back = async {
        // It has looked by then, and seen what these see.
        for _ in 0..5 {
            assert!(fixture.store.head().await.is_err());
        }
        rename(&fixture, "events_away", "events").await;
    };
    let (batch, ()) = tokio::join!(feed.next(), back);
    assert_eq!(batch.unwrap().unwrap().events[0].position, first);
}

async fn rename(fixture: &Fixture, from: &str, to: &str) {
    let statement = format!("ALTER TABLE {from} RENAME TO {to}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
        .execute(fixture.database.pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_position_of_another_log_or_past_the_end_is_refused() {
    let fixture = Fixture::open().await;
    let head = fixture.create_series(OTHER).await;
    let elsewhere = Position {
        epoch: Uuid::from_u128(9),
        ..head
    };
    let beyond = Position {
        value: head.value + 1,
        ..head
    };
    let everyone = None;
    let refused = fixture
        .feed(everyone, After::Position(elsewhere), false)
        .await;
    assert!(matches!(refused, Err(StoreError::OtherEpoch { .. })));
    let refused = fixture.feed(everyone, After::Position(beyond), true).await;
    assert!(matches!(refused, Err(StoreError::BeyondHead { .. })));
}
