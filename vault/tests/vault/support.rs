//! A database, and vaults on it that share nothing else.

use std::fmt::Debug;
use std::sync::Arc;

use domain::{Personal, UserId};
use event_store::database;
use event_store::testing::TestDatabase;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use secrecy::ExposeSecret;
use sqlx::PgPool;
use tokio::runtime::Runtime;
use uuid::Uuid;
use vault::testing::CountedEntropy;
use vault::{Entropy, MasterKeys, Opened, Place, Vault, VaultError};

/// 32 bytes of 1, of 2 and of 3.
pub(crate) const OLD: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
pub(crate) const NEW: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
pub(crate) const OTHER: &str = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=";

pub(crate) struct Given {
    database: TestDatabase,
    entropy: Arc<dyn Entropy>,
}

impl Given {
    pub(crate) async fn an_empty_database() -> Self {
        Self::with(Arc::new(CountedEntropy::new(1))).await
    }

    pub(crate) async fn with(entropy: Arc<dyn Entropy>) -> Self {
        Self {
            database: TestDatabase::create().await,
            entropy,
        }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        self.database.pool()
    }

    /// As another process would open it.
    pub(crate) async fn vault(&self, keys: &[&str]) -> Vault {
        self.try_vault(keys).await.unwrap()
    }

    pub(crate) async fn try_vault(&self, keys: &[&str]) -> Result<Vault, VaultError> {
        let pool = database::connect(self.database.url(), 4).await.unwrap();
        Vault::open(pool, master_keys(keys), self.entropy.clone()).await
    }

    pub(crate) async fn execute(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(self.pool()).await.unwrap();
    }
}

pub(crate) fn master_keys(keys: &[&str]) -> MasterKeys {
    MasterKeys::try_parse(&keys.join(",").into()).unwrap()
}

pub(crate) fn person(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// A field of the first event.
pub(crate) fn place(field: &str) -> Place<'_> {
    Place {
        event_id: Uuid::from_u128(1),
        field,
    }
}

pub(crate) async fn seal(vault: &Vault, person: UserId, plain: &str) -> Personal {
    let sealed = vault.seal_personal(person, &place("name"), plain).await;
    sealed.unwrap()
}

/// What it says in the place where [`seal`] put it; none when it was erased.
pub(crate) async fn open(vault: &Vault, value: &Personal) -> Option<String> {
    plain(vault.open_personal(value, &place("name")).await.unwrap())
}

pub(crate) fn plain(opened: Opened) -> Option<String> {
    match opened {
        Opened::Plain(text) => Some(text.expose_secret().to_owned()),
        Opened::Erased => None,
    }
}

/// Tries `case` on many made-up inputs, all with one vault.
pub(crate) fn for_all<S: Strategy>(
    inputs: S,
    case: impl AsyncFn(&Vault, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = Runtime::new().unwrap();
    // Pools are dropped in it, too.
    let _entered = runtime.enter();
    let given = runtime.block_on(Given::an_empty_database());
    let vault = runtime.block_on(given.vault(&[OLD]));
    TestRunner::new(Config::with_cases(400))
        .run(&inputs, |input| runtime.block_on(case(&vault, input)))
        .unwrap();
}

pub(crate) fn assert_refused<T: Debug>(opened: Result<T, VaultError>) -> Result<(), TestCaseError> {
    match opened {
        Err(VaultError::Tampered { .. } | VaultError::UnknownForm { .. }) => Ok(()),
        other => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}
