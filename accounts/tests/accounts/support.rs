use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use accounts::testing::{Ground, TestAccounts};
use accounts::{AccountError, Accounts, AccountsConfig, Client, Refused, SignedIn, Visit};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Clock, EmailAddress, IdSource, UserId};
use event_store::testing::TestDatabase;
use event_store::{EventStore, Filter, PostgresLog, RecordedEvent};
use integrations::mail::Mail;
use integrations::media::{DirectoryStore, MediaStore};
use integrations::testing::FakeMailer;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use uuid::Uuid;
use vault::Vault;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "three hearts, nine brains";
pub(crate) const OTHER_PASSWORD: &str = "blue blood in eight arms";
/// Of the server's owner.
pub(crate) const OWNER: &str = "owner@example.com";

/// Stands still unless it is moved.
pub(crate) struct MovedClock(Mutex<DateTime<Utc>>);

impl MovedClock {
    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Counts, like ids that grow with time.
pub(crate) struct CountedIds(AtomicU64);

impl IdSource for CountedIds {
    fn fresh(&self) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0xacc0_0000_0000_0000_0000_0000_0000_0000 + u128::from(count))
    }
}

pub(crate) struct Fixture {
    pub(crate) accounts: Accounts,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) mailer: Arc<FakeMailer>,
    pub(crate) store: Arc<PostgresLog>,
    pub(crate) vault: Vault,
    pub(crate) media: Arc<dyn MediaStore>,
    ids: Arc<CountedIds>,
    _folder: TempDir,
    seen: AtomicUsize,
    pub(crate) database: Arc<TestDatabase>,
}

impl Fixture {
    pub(crate) async fn open() -> Self {
        let start = "2026-11-01T12:00:00Z".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock(Mutex::new(start)));
        let ids = Arc::new(CountedIds(AtomicU64::new(0)));
        let database = Arc::new(TestDatabase::create().await);
        Self::on(database, clock, ids, folder).await
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        Self::on(Arc::clone(&self.database), clock, ids, folder).await
    }

    async fn on(
        database: Arc<TestDatabase>,
        clock: Arc<MovedClock>,
        ids: Arc<CountedIds>,
        folder: TempDir,
    ) -> Self {
        let pool = database.pool().clone();
        let store = Arc::new(PostgresLog::connect(pool.clone()).await.unwrap());
        let media = DirectoryStore::open(folder.path().to_owned())
            .await
            .unwrap();
        let media: Arc<dyn MediaStore> = Arc::new(media);
        let ground = Ground {
            pool,
            store: Arc::clone(&store) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::clone(&ids) as _,
            media: Arc::clone(&media),
        };
        let config = AccountsConfig {
            owner_email: Some(email(OWNER)),
            ..AccountsConfig::for_tests("https://reels.example")
        };
        let TestAccounts {
            accounts,
            vault,
            mailer,
        } = ground.accounts(config).await;
        Self {
            accounts,
            clock,
            mailer,
            store,
            vault,
            media,
            ids,
            _folder: folder,
            seen: AtomicUsize::new(0),
            database,
        }
    }

    /// Does what was put off until after the answers, and empties the mailbox.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        self.accounts.do_what_is_due().await.unwrap();
        let calls = self.mailer.calls();
        let seen = self.seen.swap(calls.len(), Ordering::Relaxed);
        calls[seen..].to_vec()
    }

    /// The one mail that is on its way.
    pub(crate) async fn mail(&self) -> Mail {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }

    /// The secret of the link in the one mail that is on its way.
    pub(crate) async fn linked(&self) -> SecretString {
        secret_of(&self.mail().await)
    }

    pub(crate) async fn sign_up(&self, address: &str) -> SignedIn {
        let visit = visit(1);
        let password = secret(PASSWORD);
        let asked = self
            .accounts
            .sign_up(&email(address), &password, &visit)
            .await;
        asked.unwrap();
        let token = self.linked().await;
        let done = self.accounts.verify_email(&token, &password, &visit).await;
        done.unwrap()
    }

    pub(crate) async fn sign_in(
        &self,
        address: &str,
        password: &str,
    ) -> Result<SignedIn, AccountError> {
        let (address, password) = (email(address), secret(password));
        self.accounts.sign_in(&address, &password, &visit(1)).await
    }

    /// Whether the access token lets its holder in.
    pub(crate) async fn is_let_in(&self, token: &SecretString) -> bool {
        match self.accounts.authenticate(token).await {
            Ok(_) => true,
            Err(AccountError::Refused(_)) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The log, of one category.
    pub(crate) async fn events(&self, category: &str) -> Vec<RecordedEvent> {
        let start = self.store.start().await.unwrap();
        let filter = Filter {
            categories: vec![category.to_owned()],
            ..Filter::default()
        };
        self.store
            .read_all(start, 10_000, &filter)
            .await
            .unwrap()
            .events
    }

    pub(crate) async fn event_types(&self, category: &str) -> Vec<String> {
        let events = self.events(category).await;
        events
            .into_iter()
            .map(|event| event.event.type_name)
            .collect()
    }
}

pub(crate) fn visit(host: u8) -> Visit {
    Visit {
        correlation_id: Uuid::from_u128(u128::from(host)),
        client: Client::new(
            IpAddr::V4(Ipv4Addr::new(192, 0, 2, host)),
            "a browser of the tests",
        ),
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::try_new(text).unwrap()
}

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(crate) fn secret_of(mail: &Mail) -> SecretString {
    let link = mail.link.as_ref().unwrap().expose_secret();
    assert!(mail.text.contains(link));
    let (_, secret) = link.split_once('#').unwrap();
    secret.into()
}

/// The refusal that something ended with.
#[track_caller]
pub(crate) fn refusal<T>(outcome: Result<T, AccountError>) -> Refused {
    match outcome {
        Err(AccountError::Refused(refused)) => refused,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was let in"),
    }
}

pub(crate) const LOCAL: UserId = UserId::LOCAL_OWNER;
