//! A replay of the whole log over HTTP, beside `COPY` of the same rows and bare
//! paging of the store, in the same run; then writers with and without replays
//! going on.
//!
//! `cargo bench -p graphql --bench replay`, with the servers for tests named by
//! `NARRATE_TEST_DATABASE_URL` and `NARRATE_TEST_NATS_URL`. `REPLAY_EVENTS` is
//! how many events the log has (200,000), `REPLAY_RUNS` how often each is
//! measured (3; the best counts).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use accounts::AccountsConfig;
use accounts::testing::Ground;
use commands::{Dispatcher, RandomIds, SystemClock};
use domain::{IdSource, StoredEvent, UserId};
use event_store::testing::TestDatabase;
use event_store::{
    Actor, Append, EventStore, ExpectedRevision, Filter, Metadata, NewEvent, PostgresLog,
    StreamName,
};
use futures::TryStreamExt;
use graphql::{Api, HttpArgs};
use integrations::Providers;
use integrations::media::{DirectoryStore, MediaStore};
use material::Materials;
use projections::{Subjects, Watermarks};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const WRITERS: usize = 64;
const WRITE_FOR: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    let events = number("REPLAY_EVENTS", 200_000);
    let runs = number("REPLAY_RUNS", 3);
    let database = TestDatabase::create().await;
    fill(&database, events).await;
    let folder = tempfile::tempdir().expect("a folder for media");
    let store = PostgresLog::connect(database.pool().clone()).await;
    let store: Arc<dyn EventStore> = Arc::new(store.expect("the log opens"));
    let url = serve(&database, &store, folder.path()).await;

    println!("{events} events, best of {runs}");
    println!(
        "{:<28} {:>9} {:>9} {:>11} {:>6}",
        "", "seconds", "MB/s", "events/s", "/COPY"
    );
    let copy = best(runs, async || copy(&database).await).await;
    copy.print("COPY events TO STDOUT", events, &copy);
    best(runs, async || page(&store).await)
        .await
        .print("read_raw, bare", events, &copy);
    for (name, accept) in [
        ("GET /events", "application/x-ndjson"),
        ("GET /events, server-sent", "text/event-stream"),
    ] {
        let replay = best(runs, async || replay(&url, accept).await).await;
        replay.print(name, events, &copy);
    }

    let alone = write(&store).await;
    let stop = Arc::new(AtomicBool::new(false));
    let replaying = tokio::spawn(replay_until(url, Arc::clone(&stop)));
    let beside = write(&store).await;
    stop.store(true, Ordering::Relaxed);
    let megabytes = replaying.await.expect("replays do not panic");
    println!(
        "{WRITERS} writers: {alone:.0} appends/s alone, {beside:.0} beside replays ({:.2}; \
         {megabytes:.0} MB replayed meanwhile)",
        beside / alone
    );
}

fn number(variable: &str, default: usize) -> usize {
    let set = std::env::var(variable).ok();
    set.map_or(default, |text| text.parse().expect("it is a number"))
}

/// Rows as the log writes them, about as large as a video's events are.
async fn fill(database: &TestDatabase, events: usize) {
    sqlx::query(
        r#"
        INSERT INTO events (position, stream_category, stream_id, revision, event_id, command_id,
            command_part, type_name, schema_version, data, metadata)
        SELECT n, 'video', md5((n / 20)::text)::uuid, n % 20, md5('event' || n)::uuid,
            md5('command' || n)::uuid, 0, 'SceneImageGenerated', 1,
            json_build_object('scene', n % 20, 'image', json_build_object(
                'key', 'videos/' || md5((n / 20)::text) || '/scenes/' || n || '.png',
                'content_type', 'image/png', 'bytes', 1000000 + n,
                'sha256', md5(n::text) || md5((n + 1)::text)),
                'provider', json_build_object('name', 'openai', 'model', 'gpt-image',
                    'cost', 40000), 'prompt', repeat(md5(n::text), 6)),
            json_build_object(
                'actor', json_build_object('kind', 'system', 'name', 'worker/images'),
                'causation_id', md5('cause' || n)::uuid, 'command_id', md5('command' || n)::uuid,
                'correlation_id', md5('request' || n / 20)::uuid,
                'occurred_at', to_char(timestamp '2026-11-01' + n * interval '1 second',
                    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'owner', '00000000-0000-7000-8000-000000000001')
        FROM generate_series(1, $1) AS n
        "#,
    )
    .bind(i64::try_from(events).expect("few enough"))
    .execute(database.pool())
    .await
    .expect("the log is filled");
    sqlx::query("VACUUM ANALYZE events")
        .execute(database.pool())
        .await
        .expect("the log is tidied");
}

/// Serves the API and answers the address of its events.
async fn serve(
    database: &TestDatabase,
    store: &Arc<dyn EventStore>,
    folder: &std::path::Path,
) -> String {
    let pool = database.pool().clone();
    let media = DirectoryStore::open(folder.join("media")).await;
    let media: Arc<dyn MediaStore> = Arc::new(media.expect("the folder can be used"));
    let ground = Ground {
        pool: pool.clone(),
        store: Arc::clone(store),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        media: Arc::clone(&media),
    };
    let people = ground.accounts(AccountsConfig::for_tests("")).await;
    let materials = Materials::new(pool.clone(), Arc::clone(&media), Arc::new(SystemClock));
    let telling = notifications::testing::Ground {
        pool: pool.clone(),
        people: &people,
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        public_url: String::new(),
    };
    let (webhooks, mails) = telling.telling();
    let api = Api {
        dispatcher: Dispatcher::new(Arc::clone(store), Arc::new(SystemClock)),
        store: Arc::clone(store),
        pool: pool.clone(),
        nats: projections::testing::test_nats().await,
        subjects: Subjects::new(projections::testing::fresh_prefix(database)),
        watermarks: Watermarks::new(pool),
        media,
        materials,
        providers: Providers::offline(),
        ids: Arc::new(RandomIds),
        clock: Arc::new(SystemClock),
        scratch: folder.to_owned(),
        stop: CancellationToken::new(),
        accounts: people.accounts,
        vault: people.vault,
        identity: None,
        knows_local_owner: true,
        webhooks,
        mails,
    };
    let router = graphql::router(Arc::new(api), &HttpArgs::default());
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/events")
}

struct Run {
    took: Duration,
    bytes: usize,
}

impl Run {
    fn megabytes_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.took.as_secs_f64()
    }

    fn print(&self, name: &str, events: usize, yardstick: &Self) {
        println!(
            "{name:<28} {:>9.2} {:>9.1} {:>11.0} {:>6.2}",
            self.took.as_secs_f64(),
            self.megabytes_per_second(),
            events as f64 / self.took.as_secs_f64(),
            self.megabytes_per_second() / yardstick.megabytes_per_second(),
        );
    }
}

async fn best(runs: usize, run: impl AsyncFn() -> usize) -> Run {
    let mut best: Option<Run> = None;
    for _ in 0..runs {
        let start = Instant::now();
        let bytes = run().await;
        let took = start.elapsed();
        if best.as_ref().is_none_or(|best| took < best.took) {
            best = Some(Run { took, bytes });
        }
    }
    best.expect("at least one run")
}

async fn copy(database: &TestDatabase) -> usize {
    let mut connection = database.pool().acquire().await.expect("a connection");
    let rows = connection.copy_out_raw("COPY events TO STDOUT").await;
    let pieces = rows.expect("rows are copied");
    let bytes = pieces.try_fold(0, async |sum, piece| Ok(sum + piece.len()));
    bytes.await.expect("rows are copied")
}

/// JSON only; what a row needs beside it is left out.
async fn page(store: &Arc<dyn EventStore>) -> usize {
    let mut at = store.start().await.expect("the log has a start");
    let mut bytes = 0;
    loop {
        let page = store.read_raw(at, 1_000, &Filter::default()).await;
        let page = page.expect("the log can be read");
        let sizes = page
            .events
            .iter()
            .map(|event| event.data.len() + event.metadata.len());
        bytes += sizes.sum::<usize>();
        at = page.scanned_to;
        if page.is_last {
            return bytes;
        }
    }
}

async fn replay(url: &str, accept: &str) -> usize {
    let request = reqwest::Client::new().get(url).header("accept", accept);
    let response = request.send().await.expect("the server answers");
    let bytes = response
        .bytes_stream()
        .try_fold(0, async |sum, piece| Ok(sum + piece.len()));
    bytes.await.expect("all of it comes")
}

/// Megabytes that were replayed until `stop`.
async fn replay_until(url: String, stop: Arc<AtomicBool>) -> f64 {
    let response = reqwest::get(format!("{url}?follow=true")).await;
    let mut pieces = response.expect("the server answers").bytes_stream();
    let mut bytes = 0;
    while !stop.load(Ordering::Relaxed) {
        match pieces.try_next().await.expect("it goes on") {
            Some(piece) => bytes += piece.len(),
            None => break,
        }
    }
    bytes as f64 / 1e6
}

/// Appends a second, of one event each, by all writers together.
async fn write(store: &Arc<dyn EventStore>) -> f64 {
    let start = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let store = Arc::clone(store);
        writers.spawn(async move {
            let mut appended = 0;
            while start.elapsed() < WRITE_FOR {
                let done = store.append(one_event()).await;
                done.expect("nobody else writes there");
                appended += 1;
            }
            appended
        });
    }
    let appended: usize = writers.join_all().await.into_iter().sum();
    appended as f64 / start.elapsed().as_secs_f64()
}

fn one_event() -> Append {
    let id = || RandomIds.fresh();
    Append {
        stream: StreamName::new("video", id()),
        expected: ExpectedRevision::NoStream,
        events: vec![NewEvent {
            id: id(),
            event: StoredEvent {
                type_name: "VideoRequested".to_owned(),
                schema_version: 1,
                data: json!({ "text": "x".repeat(300) }),
            },
        }],
        metadata: Metadata {
            command_id: id(),
            correlation_id: id(),
            causation_id: None,
            actor: Actor::System {
                name: "bench".to_owned(),
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: chrono::DateTime::UNIX_EPOCH,
            traceparent: None,
        },
    }
}
