//! From the sending of a mutation to its subscribers having it, and what an open
//! subscription costs.
//!
//! `cargo bench -p graphql --bench live`, with the servers for tests named by
//! `NARRATE_TEST_DATABASE_URL` and `NARRATE_TEST_NATS_URL`. `LIVE_SUBSCRIPTIONS`
//! says how many are open (`1,5000`), `LIVE_MUTATIONS` how many are timed while
//! one of them hears (200); a tenth of that is timed while all hear.
//!
//! The API and its followers are one process, measured; clients, each with a
//! socket of its own, are another. A time is that of a whole mutation, its HTTP
//! request included, up to the last byte of the subscriber's answer.

mod client;

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use accounts::AccountsConfig;
use accounts::testing::Ground;
use commands::{Dispatcher, RandomIds, SystemClock};
use event_store::testing::TestDatabase;
use event_store::{EventStore, PostgresLog};
use graphql::{Api, HttpArgs};
use integrations::Providers;
use integrations::media::{DirectoryStore, MediaStore};
use material::Materials;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use projections::{Follower, Subjects, Watermarks};
use tokio_util::sync::CancellationToken;

/// Set in the process of the clients: where the API is.
const ADDRESS: &str = "LIVE_ADDRESS";
const GOALS_P99_MS: [(usize, f64); 2] = [(1, 50.0), (5_000, 250.0)];
const GOAL_KB: f64 = 40.0;

fn main() {
    raise_open_files();
    let mutations = numbers("LIVE_MUTATIONS", "200")[0];
    if let Ok(address) = std::env::var(ADDRESS) {
        let address = address.parse().expect("the parent names its address");
        let subscriptions = numbers("LIVE_SUBSCRIPTIONS", "1")[0];
        return client::run(address, subscriptions, mutations);
    }
    println!("subscriptions  who hears  deliveries  p50 ms  p95 ms  p99 ms  max ms  goal p99 ms");
    for subscriptions in numbers("LIVE_SUBSCRIPTIONS", "1,5000") {
        measure(subscriptions);
    }
}

/// Serves in a runtime of its own, so that each number begins with a small
/// process.
fn measure(subscriptions: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be built");
    let (address, _server) = runtime.block_on(Server::start());
    let mut clients = Clients::spawn(address, subscriptions);
    // What is only needed once is there by then.
    clients.until("warm");
    let before = resident_kb();
    clients.go_on();
    clients.until("open");
    let each_kb = (resident_kb() - before) / (subscriptions - 1).max(1) as f64;
    clients.go_on();
    for who in ["one", "all"] {
        let Some(goal) = GOALS_P99_MS
            .iter()
            .rev()
            .find(|(from, _)| subscriptions >= *from)
        else {
            continue;
        };
        let figures = clients.until(who);
        println!("{subscriptions:>13}  {who:>9}  {figures}  {:>11.0}", goal.1);
    }
    if subscriptions >= 100 {
        println!(
            "memory of an idle subscription: {each_kb:.1} KB, {:.2} of the goal of {GOAL_KB} KB",
            each_kb / GOAL_KB
        );
    }
}

/// The API, its database and its followers.
struct Server {
    _folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl Server {
    async fn start() -> (SocketAddr, Self) {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().expect("a folder for media");
        let pool = database.pool().clone();
        let log = PostgresLog::connect(pool.clone()).await;
        let store: Arc<dyn EventStore> = Arc::new(log.expect("the log opens"));
        let nats = projections::testing::test_nats().await;
        let subjects = Subjects::new(projections::testing::fresh_prefix(&database));
        let watermarks = Watermarks::new(pool.clone());
        let media = DirectoryStore::open(folder.path().join("media")).await;
        let media: Arc<dyn MediaStore> = Arc::new(media.expect("the folder can be used"));
        let stop = CancellationToken::new();
        for projector in projections::projectors() {
            let follower = Follower::new(
                projector,
                Arc::clone(&store),
                pool.clone(),
                nats.clone(),
                subjects.clone(),
                watermarks.clone(),
            );
            tokio::spawn(follower.run(stop.clone()));
        }
        let ground = Ground {
            pool: pool.clone(),
            store: Arc::clone(&store),
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
            dispatcher: Dispatcher::new(Arc::clone(&store), Arc::new(SystemClock)),
            store,
            pool,
            nats,
            subjects,
            watermarks,
            media,
            materials,
            providers: Providers::offline(),
            ids: Arc::new(RandomIds),
            clock: Arc::new(SystemClock),
            scratch: folder.path().to_owned(),
            stop: stop.clone(),
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
        let server = Self {
            _folder: folder,
            _database: database,
        };
        (address, server)
    }
}

/// The process of the clients.
struct Clients {
    child: Child,
    says: BufReader<std::process::ChildStdout>,
}

impl Clients {
    fn spawn(address: SocketAddr, subscriptions: usize) -> Self {
        let this = std::env::current_exe().expect("this program has a path");
        let mut child = Command::new(this)
            .env(ADDRESS, address.to_string())
            .env("LIVE_SUBSCRIPTIONS", subscriptions.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts again");
        let says = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, says }
    }

    /// What the clients say after `word`.
    fn until(&mut self, word: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.says.read_line(&mut line).expect("it is text");
            assert!(read > 0, "the clients gave up");
            if let Some(rest) = line.strip_prefix(word) {
                return rest.trim().to_owned();
            }
        }
    }

    fn go_on(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("it is piped");
        stdin.write_all(b"\n").expect("the clients listen");
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Of this process, in units of 1,000 bytes.
fn resident_kb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kib: f64 = kib.and_then(|kib| kib.parse().ok()).expect("it is a size");
    kib * 1.024
}

/// As many files and sockets as the system allows without asking.
fn raise_open_files() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("there is a limit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("it may be raised so far");
}

fn numbers(variable: &str, default: &str) -> Vec<usize> {
    let text = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
    let numbers = text.split(',').map(|number| number.trim().parse());
    numbers
        .collect::<Result<_, _>>()
        .unwrap_or_else(|_| panic!("{variable}: {text:?} is not a list of numbers"))
}
