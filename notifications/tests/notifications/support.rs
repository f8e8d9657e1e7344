//! A log, an announcer and webhooks that go to loopback alone, by a clock that a
//! test moves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use accounts::testing::{Ground, TestAccounts};
use accounts::{Accounts, AccountsConfig, Client, Visit};
use chrono::{DateTime, TimeDelta, Utc};
use domain::user::{ErasureCause, User, UserEvent};
use domain::video::{Video, VideoBrief, VideoEvent};
use domain::{
    Aggregate, Clock, DomainEvent, Failure, FailureClass, IdSource, NotificationKind,
    ProductionSettings, Stage, Topic, UserId,
};
use event_store::testing::TestDatabase;
use event_store::{
    Actor, Append, EventStore, ExpectedRevision, Metadata, NewEvent, PostgresLog, StreamName,
};
use integrations::identity::Identity;
use integrations::media::DirectoryStore;
use integrations::testing::FakeMailer;
use notifications::webhook::{Delivery, NewEndpoint};
use notifications::{Announcer, Mails, Webhooks};
use projections::PageRequest;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const ADA: UserId = UserId(Uuid::from_u128(1));
pub(crate) const BOB: UserId = UserId(Uuid::from_u128(2));

/// Stands still unless it is moved.
pub(crate) struct MovedClock(Mutex<DateTime<Utc>>);

impl MovedClock {
    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }

    pub(crate) fn set(&self, time: DateTime<Utc>) {
        *self.0.lock().unwrap() = time;
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct CountedIds(AtomicU64);

impl IdSource for CountedIds {
    fn fresh(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

pub(crate) struct Fixture {
    pub(crate) webhooks: Webhooks,
    pub(crate) mails: Mails,
    pub(crate) mailer: Arc<FakeMailer>,
    accounts: Accounts,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) database: Arc<TestDatabase>,
    store: Arc<PostgresLog>,
    ids: Arc<CountedIds>,
    _folder: TempDir,
}

impl Fixture {
    /// Nothing has happened yet, and from now on all is news.
    pub(crate) async fn open() -> Self {
        let fixture = Self::open_later().await;
        fixture.announce().await;
        fixture
    }

    /// Nobody has begun to tell anything.
    pub(crate) async fn open_later() -> Self {
        let start = "2026-11-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(MovedClock(Mutex::new(start)));
        let ids = Arc::new(CountedIds(AtomicU64::new(1_000)));
        let database = Arc::new(TestDatabase::create().await);
        Self::on(database, clock, ids).await
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Self {
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        Self::on(Arc::clone(&self.database), clock, ids).await
    }

    async fn on(database: Arc<TestDatabase>, clock: Arc<MovedClock>, ids: Arc<CountedIds>) -> Self {
        let pool = database.pool().clone();
        let store = Arc::new(PostgresLog::connect(pool.clone()).await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let media = DirectoryStore::open(folder.path().to_owned()).await;
        let ground = Ground {
            pool: pool.clone(),
            store: Arc::clone(&store) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            media: Arc::new(media.unwrap()),
        };
        let config = AccountsConfig::for_tests("https://reels.example");
        let people = ground.accounts(config).await;
        let telling = notifications::testing::Ground {
            pool,
            people: &people,
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            public_url: "https://reels.example".to_owned(),
        };
        let (webhooks, mails) = telling.telling();
        let TestAccounts {
            accounts, mailer, ..
        } = people;
        Self {
            webhooks,
            mails,
            mailer,
            accounts,
            clock,
            database,
            store,
            ids,
            _folder: folder,
        }
    }

    /// Somebody with an account at this address.
    pub(crate) async fn person(&self, address: &str) -> UserId {
        let identity = Identity {
            issuer: "https://accounts.example".to_owned(),
            subject: address.to_owned(),
            email: Some(address.to_owned()),
            email_verified: true,
            name: None,
        };
        let visit = Visit {
            correlation_id: self.ids.fresh(),
            client: Client::new([192, 0, 2, 1].into(), "a test"),
        };
        let signed_in = self.accounts.sign_in_with_identity(&identity, &visit).await;
        signed_in.unwrap().user
    }

    /// Writes down what is to be told.
    pub(crate) async fn announce(&self) {
        let store: Arc<dyn EventStore> = self.store.clone();
        let pool = self.database.pool().clone();
        let announcer = Announcer::new(store, pool, self.webhooks.clone(), self.mails.clone());
        announcer.catch_up().await.unwrap();
    }

    /// Sends all that is due.
    pub(crate) async fn send(&self) {
        self.webhooks.send_what_is_due().await.unwrap();
    }

    pub(crate) async fn announce_and_send(&self) {
        self.announce().await;
        self.send().await;
    }

    /// Answers with the endpoint's id and secret.
    pub(crate) async fn endpoint(&self, owner: UserId, url: &str) -> (Uuid, String) {
        let new = NewEndpoint {
            url: self.webhooks.url(url).unwrap(),
            description: "a test".to_owned(),
            kinds: NotificationKind::ALL.to_vec(),
        };
        let (id, secret) = self.webhooks.create_endpoint(owner, &new).await.unwrap();
        (id, secret.expose().to_owned())
    }

    /// Newest first.
    pub(crate) async fn deliveries(&self, owner: UserId, endpoint: Uuid) -> Vec<Delivery> {
        let page = PageRequest {
            limit: 100,
            after: None,
        };
        let found = self.webhooks.deliveries(owner, endpoint, page).await;
        found.unwrap().items
    }

    /// The only one.
    pub(crate) async fn delivery(&self, owner: UserId, endpoint: Uuid) -> Delivery {
        let mut all = self.deliveries(owner, endpoint).await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// Records `events` at the end of a stream.
    pub(crate) async fn record<A: Aggregate>(&self, owner: UserId, id: Uuid, events: &[A::Event]) {
        let stream = StreamName::new(A::CATEGORY, id);
        let known = self.store.read_stream(&stream, 0, 1_000).await.unwrap();
        let new = |event: &A::Event| NewEvent {
            id: self.ids.fresh(),
            event: event.store(),
        };
        let append = Append {
            expected: ExpectedRevision::after(known.last().map(|event| event.revision)),
            stream,
            events: events.iter().map(new).collect(),
            metadata: Metadata {
                command_id: self.ids.fresh(),
                correlation_id: self.ids.fresh(),
                causation_id: None,
                actor: Actor::User { id: owner },
                origin: None,
                owner,
                occurred_at: self.clock.now(),
                traceparent: None,
            },
        };
        self.store.append(append).await.unwrap();
    }

    pub(crate) async fn request(&self, owner: UserId, topic: &str) -> Uuid {
        let video = self.ids.fresh();
        let requested = VideoEvent::Requested {
            owner,
            series: None,
            brief: VideoBrief {
                topic: Topic::try_new(topic).unwrap(),
                settings: ProductionSettings::default(),
                seed: 7,
                brought: Default::default(),
            },
        };
        self.record::<Video>(owner, video, &[requested]).await;
        video
    }

    /// One that is ready.
    pub(crate) async fn ready(&self, owner: UserId, topic: &str) -> Uuid {
        let video = self.request(owner, topic).await;
        self.record::<Video>(owner, video, &[VideoEvent::Ready {}])
            .await;
        video
    }

    pub(crate) async fn delete(&self, owner: UserId, video: Uuid) {
        self.record::<Video>(owner, video, &[VideoEvent::Deleted {}])
            .await;
    }

    pub(crate) async fn erase(&self, person: UserId) {
        let cause = ErasureCause::Asked;
        self.record::<User>(person, person.0, &[UserEvent::Erased { cause }])
            .await;
    }
}

pub(crate) fn failed() -> VideoEvent {
    VideoEvent::Failed {
        stage: Stage::Images,
        failure: Failure {
            class: FailureClass::UserFixable,
            code: "refused".to_owned(),
            message: "the provider refused scene 3; change its text".to_owned(),
            retry_after_ms: None,
        },
    }
}
