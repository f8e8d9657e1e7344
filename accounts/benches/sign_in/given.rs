//! Accounts on a database of their own, their people, and the ways to ask.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use accounts::testing::Ground;
use accounts::{AccountError, Accounts, AccountsConfig, Client, Visit};
use chrono::{DateTime, TimeDelta, Utc};
use commands::{RandomIds, SystemClock};
use domain::{Clock, EmailAddress};
use event_store::PostgresLog;
use event_store::testing::TestDatabase;
use integrations::media::DirectoryStore;
use integrations::testing::FakeMailer;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const PASSWORD: &str = "three hearts, nine brains";
pub(crate) const WRONG_PASSWORD: &str = "three hearts, ten brains";

/// As many as the program has.
const CONNECTIONS: u32 = 20;

pub(crate) struct Given {
    pub(crate) accounts: Accounts,
    pub(crate) pool: PgPool,
    clock: Arc<MovedClock>,
    mailer: Arc<FakeMailer>,
    visitors: AtomicU32,
    _folder: TempDir,
    _database: TestDatabase,
}

impl Given {
    pub(crate) async fn open() -> Self {
        let database = TestDatabase::create().await;
        let pool = event_store::database::connect(database.url(), CONNECTIONS).await;
        let pool = pool.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock::default());
        let media = DirectoryStore::open(folder.path().to_owned());
        let ground = Ground {
            pool: pool.clone(),
            store: Arc::new(PostgresLog::connect(pool.clone()).await.unwrap()),
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(RandomIds),
            media: Arc::new(media.await.unwrap()),
        };
        let config = AccountsConfig {
            hash_at_once: cores(),
            ..AccountsConfig::for_tests("https://reels.example")
        };
        let made = ground.accounts(config).await;
        Self {
            accounts: made.accounts,
            pool,
            clock,
            mailer: made.mailer,
            visitors: AtomicU32::new(0),
            _folder: folder,
            _database: database,
        }
    }

    /// Lets time pass until no limit is left of what was asked before.
    pub(crate) fn forget_limits(&self) {
        self.clock.pass(TimeDelta::hours(1));
    }

    /// Somebody from a network that nobody asked from before.
    pub(crate) fn visit(&self) -> Visit {
        let number = self.visitors.fetch_add(1, Ordering::Relaxed);
        let address = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number);
        Visit {
            correlation_id: Uuid::from_u128(u128::from(number)),
            client: Client::new(IpAddr::V4(address), "a browser of the benchmark"),
        }
    }

    pub(crate) async fn sign_in(&self, address: &str, password: &str) -> Result<(), AccountError> {
        let (address, password) = (email(address), SecretString::from(password));
        let visit = self.visit();
        let signed_in = self.accounts.sign_in(&address, &password, &visit).await;
        signed_in.map(|_| ())
    }

    pub(crate) async fn register(&self, address: &str) {
        let (address, password) = (email(address), SecretString::from(PASSWORD));
        let (accounts, visit) = (&self.accounts, self.visit());
        let asked = accounts.sign_up(&address, &password, &visit).await;
        asked.unwrap();
        accounts.do_what_is_due().await.unwrap();
        let mail = self.mailer.calls().pop().unwrap();
        let link = mail.link.unwrap();
        let (_, secret) = link.expose_secret().split_once('#').unwrap();
        let done = accounts
            .verify_email(&secret.into(), &password, &visit)
            .await;
        done.unwrap();
    }
}

/// The address of one who has an account.
pub(crate) fn known(number: usize) -> String {
    format!("person{number:04}@example.com")
}

/// An address as long, without one.
pub(crate) fn unknown(number: usize) -> String {
    format!("nobody{number:04}@example.com")
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::try_new(text).unwrap()
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The system's, and what it was moved on by.
#[derive(Default)]
struct MovedClock {
    moved_seconds: AtomicI64,
}

impl MovedClock {
    fn pass(&self, time: TimeDelta) {
        self.moved_seconds
            .fetch_add(time.num_seconds(), Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.moved_seconds.load(Ordering::Relaxed))
    }
}
