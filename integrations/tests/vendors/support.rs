use std::time::Duration;

use fake_vendors::KEY;
use integrations::vendor::Account;

/// A provider that says nothing for so long is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn account(base: &str) -> Account {
    account_with(base, KEY)
}

pub(crate) fn account_with(base: &str, key: &str) -> Account {
    let account = Account::try_new("BASE_URL", base, Some(key.into()));
    account.unwrap().within(PATIENCE)
}
