//! The API on a loopback port, with a database, a NATS prefix and a media folder
//! of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use accounts::testing::{Ground, TestAccounts};
use accounts::{Accounts, AccountsConfig, Client, Visit};
use commands::{CommandContext, Dispatcher};
use domain::video::{Video, VideoCommand};
use domain::{Aggregate, IdSource, UserId};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Filter, PostgresLog, RecordedEvent};
use graphql::{Api, HttpArgs};
use integrations::identity::{Identity, IdentityProvider};
use integrations::media::{DirectoryStore, MediaStore};
use integrations::testing::FakeMailer;
use integrations::{Chain, Providers};
use material::Materials;
use notifications::{Announcer, Mails, Webhooks};
use projections::rebuild::Rebuilder;
use projections::{Follower, Subjects, Watermarks};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::doubles::{CountedIds, Panicking, StandingClock, providers};

pub(crate) const OTHER: UserId = UserId(Uuid::from_u128(2));

pub(crate) struct App {
    pub address: SocketAddr,
    pub client: reqwest::Client,
    pub dispatcher: Dispatcher,
    pub media: Arc<dyn MediaStore>,
    pub materials: Materials,
    pub webhooks: Webhooks,
    pub mails: Mails,
    pub nats: async_nats::Client,
    pub subjects: Subjects,
    pub ids: Arc<CountedIds>,
    pub folder: TempDir,
    pub store: Arc<dyn EventStore>,
    pub accounts: Accounts,
    pub mailer: Arc<FakeMailer>,
    pub stop: CancellationToken,
    watermarks: Watermarks,
    // Stops the followers before the database goes.
    _stop_on_drop: DropGuard,
    database: Arc<TestDatabase>,
}

/// What a program is started with.
struct Setup {
    args: HttpArgs,
    makers: Providers,
    identity: Option<Arc<dyn IdentityProvider>>,
    /// Who shows nothing is the local owner.
    is_local: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            args: HttpArgs::default(),
            makers: providers(),
            identity: None,
            is_local: true,
        }
    }
}

impl App {
    pub(crate) async fn start() -> Self {
        let app = Self::start_with_nothing_followed().await;
        app.follow_the_log();
        app
    }

    /// What is written stays out of sight until [`App::follow_the_log`].
    pub(crate) async fn start_with_nothing_followed() -> Self {
        Self::start_as(Setup::default()).await
    }

    async fn start_as(setup: Setup) -> Self {
        let database = Arc::new(TestDatabase::create().await);
        let nats = projections::testing::test_nats().await;
        Self::on(database, nats, Arc::default(), setup).await
    }

    /// Nothing is followed.
    pub(crate) async fn start_with(args: HttpArgs) -> Self {
        Self::start_as(Setup {
            args,
            ..Setup::default()
        })
        .await
    }

    /// Nothing is followed, and the makers are the program's own.
    pub(crate) async fn start_with_own_makers() -> Self {
        Self::start_as(Setup {
            makers: Providers::offline(),
            ..Setup::default()
        })
        .await
    }

    /// Nothing is followed, and who asks for voices finds the makers broken.
    pub(crate) async fn start_with_makers_that_panic() -> Self {
        let makers = Providers {
            speech: Chain::of(Arc::new(Panicking)),
            ..providers()
        };
        Self::start_as(Setup {
            makers,
            ..Setup::default()
        })
        .await
    }

    /// Everybody has to sign in, and may through `identity` too.
    pub(crate) async fn start_for_strangers(identity: Option<Arc<dyn IdentityProvider>>) -> Self {
        let app = Self::start_as(Setup {
            identity,
            is_local: false,
            ..Setup::default()
        })
        .await;
        app.follow_the_log();
        app
    }

    /// Another process of the API on the same database, which reaches NATS by
    /// `nats`.
    pub(crate) async fn another(&self, nats: async_nats::Client) -> Self {
        let ids = Arc::clone(&self.ids);
        Self::on(Arc::clone(&self.database), nats, ids, Setup::default()).await
    }

    async fn on(
        database: Arc<TestDatabase>,
        nats: async_nats::Client,
        ids: Arc<CountedIds>,
        setup: Setup,
    ) -> Self {
        let pool = database.pool().clone();
        let store: Arc<dyn EventStore> =
            Arc::new(PostgresLog::connect(pool.clone()).await.unwrap());
        let subjects = Subjects::new(projections::testing::fresh_prefix(&database));
        let folder = tempfile::tempdir().unwrap();
        let media = DirectoryStore::open(folder.path().join("media")).await;
        let media: Arc<dyn MediaStore> = Arc::new(media.unwrap());
        let dispatcher = Dispatcher::new(Arc::clone(&store), Arc::new(StandingClock));
        let watermarks = Watermarks::new(pool.clone());
        let scratch = folder.path().join("scratch");
        std::fs::create_dir(&scratch).unwrap();
        let stop = CancellationToken::new();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ground = Ground {
            pool: pool.clone(),
            store: Arc::clone(&store),
            clock: Arc::new(StandingClock),
            ids: Arc::clone(&ids) as _,
            media: Arc::clone(&media),
        };
        let config = AccountsConfig::for_tests(format!("http://{address}"));
        let people = ground.accounts(config).await;
        let telling = notifications::testing::Ground {
            pool: pool.clone(),
            people: &people,
            clock: Arc::new(StandingClock),
            ids: Arc::clone(&ids) as _,
            public_url: format!("http://{address}"),
        };
        let (webhooks, mails) = telling.telling();
        let TestAccounts {
            accounts,
            vault,
            mailer,
        } = people;
        tokio::spawn(accounts.clone().watch_over(stop.clone()));
        let materials = Materials::new(pool.clone(), Arc::clone(&media), Arc::new(StandingClock));
        let api = Api {
            dispatcher: dispatcher.clone(),
            store: Arc::clone(&store),
            pool,
            nats: nats.clone(),
            subjects: subjects.clone(),
            watermarks: watermarks.clone(),
            materials: materials.clone(),
            media: Arc::clone(&media),
            providers: setup.makers,
            ids: Arc::clone(&ids) as Arc<dyn IdSource>,
            clock: Arc::new(StandingClock),
            scratch,
            stop: stop.clone(),
            accounts: accounts.clone(),
            vault,
            identity: setup.identity,
            knows_local_owner: setup.is_local,
            webhooks: webhooks.clone(),
            mails: mails.clone(),
        };
        let router = graphql::router(Arc::new(api), &setup.args);
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
        });
        Self {
            address,
            client: reqwest::Client::new(),
            dispatcher,
            media,
            materials,
            webhooks,
            mails,
            nats,
            subjects,
            ids,
            folder,
            store,
            accounts,
            mailer,
            watermarks,
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
            database,
        }
    }

    pub(crate) fn follow_the_log(&self) {
        self.follow(&self.subjects);
    }

    /// Follows the log, but tells nobody who listens.
    pub(crate) fn follow_the_log_without_hints(&self) {
        self.follow(&Subjects::new("nobody-listens"));
    }

    fn follow(&self, hints: &Subjects) {
        for projector in projections::followed(&self.store) {
            let follower = Follower::new(
                projector,
                Arc::clone(&self.store),
                self.database.pool().clone(),
                self.nats.clone(),
                hints.clone(),
                self.watermarks.clone(),
            );
            tokio::spawn(follower.run(self.stop.clone()));
        }
        for projector in projections::projectors() {
            let rebuilder = Rebuilder::new(
                projector,
                Arc::clone(&self.store),
                self.database.pool().clone(),
                Arc::new(StandingClock),
            );
            tokio::spawn(rebuilder.run(self.stop.clone()));
        }
    }

    /// Tells people and their programs what happens from now on.
    pub(crate) async fn tell_programs(&self) {
        let pool = self.database.pool().clone();
        let announcer = Announcer::new(
            Arc::clone(&self.store),
            pool,
            self.webhooks.clone(),
            self.mails.clone(),
        );
        announcer.catch_up().await.unwrap();
        tokio::spawn(announcer.run(self.stop.clone()));
        tokio::spawn(self.webhooks.clone().run(self.stop.clone()));
        tokio::spawn(self.mails.clone().run(self.stop.clone()));
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Changes the database behind everyone's back.
    pub(crate) async fn sql(&self, statements: &'static str) {
        let done = sqlx::raw_sql(statements).execute(self.database.pool());
        done.await.unwrap();
    }

    /// The whole log.
    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        let start = self.store.start().await.unwrap();
        let everything = Filter::default();
        let all = self.store.read_all(start, 100_000, &everything);
        all.await.unwrap().events
    }

    /// Whoever asks the database from now on gets no answer.
    pub(crate) async fn close_database(&self) {
        self.database.pool().close().await;
    }

    /// As when the log was restored from a copy.
    pub(crate) async fn change_epoch(&self) {
        self.sql("UPDATE event_log SET epoch = gen_random_uuid()")
            .await;
    }

    /// Adds an event whose metadata is not what the log writes.
    pub(crate) async fn corrupt_the_log(&self) {
        self.sql(
            "INSERT INTO events (position, stream_category, stream_id, revision, event_id, command_id,
                command_part, type_name, schema_version, data, metadata)
            SELECT position + 1, stream_category, stream_id, revision + 1, gen_random_uuid(),
                gen_random_uuid(), 0, type_name, schema_version, data, '{}'
            FROM events ORDER BY position DESC LIMIT 1",
        )
        .await;
    }

    /// A new person, signed in: their id and what they show.
    pub(crate) async fn person(&self, address: &str) -> (UserId, SecretString) {
        let identity = Identity {
            issuer: "https://accounts.example".to_owned(),
            subject: address.to_owned(),
            email: Some(address.to_owned()),
            email_verified: true,
            name: None,
        };
        let client = Client::new([192, 0, 2, 1].into(), "a test");
        let visit = Visit {
            correlation_id: self.ids.fresh(),
            client,
        };
        let signed_in = self.accounts.sign_in_with_identity(&identity, &visit).await;
        let signed_in = signed_in.unwrap();
        (signed_in.user, signed_in.access)
    }

    /// The answer to `query` for who shows `token`.
    pub(crate) async fn ask_as(&self, token: &SecretString, query: &str) -> Value {
        let request = self.client.post(self.url("/graphql"));
        let request = request.bearer_auth(token.expose_secret());
        let response = request.json(&json!({ "query": query })).send();
        response.await.unwrap().json().await.unwrap()
    }

    /// The whole answer to `query`, with ids and the log's epoch made the same
    /// in every run.
    pub(crate) async fn ask(&self, query: &str) -> Value {
        tidy(self.ask_raw(query).await)
    }

    /// The whole answer to `query`.
    pub(crate) async fn ask_raw(&self, query: &str) -> Value {
        let request = self.client.post(self.url("/graphql"));
        let response = request.json(&json!({ "query": query })).send();
        response.await.unwrap().json().await.unwrap()
    }

    /// Requests a video, and answers its id.
    pub(crate) async fn video(&self, topic: &str) -> Uuid {
        let answer = self
            .ask_raw(&format!(
                r#"mutation {{ requestVideo(input: {{ topic: "{topic}" }}) {{ video {{ id }} }} }}"#
            ))
            .await;
        id_at(&answer, "/data/requestVideo/video/id")
    }

    /// What a worker, or another user, would do. Answers with the position that
    /// shows it.
    pub(crate) async fn tell<A: Aggregate>(
        &self,
        owner: UserId,
        id: Uuid,
        command: A::Command,
    ) -> String {
        let context = CommandContext::of_user(owner, self.ids.fresh());
        let done = self.dispatcher.dispatch::<A>(id, command, &context).await;
        done.unwrap().position.unwrap().to_string()
    }

    pub(crate) async fn work(&self, video: Uuid, command: VideoCommand) -> String {
        self.tell::<Video>(UserId::LOCAL_OWNER, video, command)
            .await
    }
}

pub(crate) fn id_at(answer: &Value, pointer: &str) -> Uuid {
    let id = answer.pointer(pointer).and_then(Value::as_str);
    id.unwrap_or_else(|| panic!("no id at {pointer} in {answer:#}"))
        .parse()
        .unwrap()
}

/// Ids are numbered in the order they appear; positions lose their epoch.
pub(crate) fn tidy(mut answer: Value) -> Value {
    fn walk(value: &mut Value, seen: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|field| walk(field, seen)),
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, seen)),
            Value::String(text) => *text = plain(text, seen),
            _ => {}
        }
    }
    walk(&mut answer, &mut Vec::new());
    answer
}

fn plain(text: &str, seen: &mut Vec<String>) -> String {
    if let Some((value, _)) = text.split_once('@')
        && text.parse::<event_store::Position>().is_ok()
    {
        return format!("{value}@log");
    }
    const UUID_CHARS: usize = 36;
    let mut plain = text.to_owned();
    let mut from = 0;
    while let Some(part) = plain.get(from..from + UUID_CHARS) {
        if !part.contains('-') || part.parse::<Uuid>().is_err() {
            from += plain[from..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let known = seen.iter().position(|id| id == part);
        let number = known.unwrap_or_else(|| {
            seen.push(part.to_owned());
            seen.len() - 1
        });
        let name = format!("<id {}>", number + 1);
        plain.replace_range(from..from + UUID_CHARS, &name);
        from += name.len();
    }
    plain
}
