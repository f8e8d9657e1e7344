//! Mails that tell of something: written down by the announcer, sent once.

mod queue;
mod unsubscribe;

use std::sync::Arc;

use accounts::Accounts;
use domain::Clock;
use integrations::mail::Mailer;
use sqlx::PgPool;
use tokio::sync::Notify;
use vault::Vault;

pub(crate) use queue::{forget_person, forget_video, write};
pub use unsubscribe::Subscribed;

use crate::Preferences;

/// What mails are made of.
pub struct MailsConfig {
    pub pool: PgPool,
    pub vault: Vault,
    pub clock: Arc<dyn Clock>,
    /// Who knows people's addresses.
    pub accounts: Accounts,
    pub mailer: Arc<dyn Mailer>,
    /// Where links lead: `https://host`, without a path.
    pub public_url: String,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Mails {
    parts: Arc<MailsConfig>,
    preferences: Preferences,
    /// Something may be due.
    work: Arc<Notify>,
}

impl Mails {
    pub fn new(parts: MailsConfig) -> Self {
        Self {
            preferences: Preferences::new(parts.pool.clone()),
            parts: Arc::new(parts),
            work: Arc::default(),
        }
    }

    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    pub(crate) fn look_now(&self) {
        self.work.notify_one();
    }
}
