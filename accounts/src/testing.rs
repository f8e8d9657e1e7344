//! Accounts for tests: a vault with a known master key, a mailbox to look into.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use argon2::Argon2;
use commands::Dispatcher;
use domain::{Clock, IdSource};
use event_store::EventStore;
use integrations::media::MediaStore;
use integrations::testing::FakeMailer;
use projections::Watermarks;
use secrecy::SecretString;
use sqlx::PgPool;
use vault::testing::CountedEntropy;
use vault::{MasterKeys, Vault};

use crate::{Accounts, AccountsConfig, Parts, password};

const MASTER_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// No two of them draw the same.
static SEED: AtomicU32 = AtomicU32::new(1);

pub struct TestAccounts {
    pub accounts: Accounts,
    pub vault: Vault,
    pub mailer: Arc<FakeMailer>,
}

/// What accounts stand on.
pub struct Ground {
    pub pool: PgPool,
    pub store: Arc<dyn EventStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub media: Arc<dyn MediaStore>,
}

impl Ground {
    /// # Panics
    ///
    /// When the database cannot be used.
    pub async fn accounts(self, config: AccountsConfig) -> TestAccounts {
        let keys = MasterKeys::try_parse(&SecretString::from(MASTER_KEY)).expect("it is a key");
        let entropy = Arc::new(CountedEntropy::new(SEED.fetch_add(1, Ordering::Relaxed)));
        let vault = Vault::open(self.pool.clone(), keys, Arc::clone(&entropy) as _);
        let vault = vault.await.expect("the database can be used");
        let mailer = Arc::new(FakeMailer::default());
        let parts = Parts {
            vault: vault.clone(),
            dispatcher: Dispatcher::new(Arc::clone(&self.store), Arc::clone(&self.clock)),
            watermarks: Watermarks::new(self.pool.clone()),
            pool: self.pool,
            store: self.store,
            clock: self.clock,
            ids: self.ids,
            entropy,
            mailer: Arc::clone(&mailer) as _,
            media: self.media,
        };
        TestAccounts {
            accounts: Accounts::new(parts, config),
            vault,
            mailer,
        }
    }
}

impl AccountsConfig {
    /// Links lead to `public_url`; nobody owns the server.
    pub fn for_tests(public_url: impl Into<String>) -> Self {
        Self {
            public_url: public_url.into(),
            owner_email: None,
            hash_at_once: 2,
        }
    }
}

/// With what passwords are hashed, for who measures that alone.
pub fn argon2() -> Argon2<'static> {
    password::params().into()
}
