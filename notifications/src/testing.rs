//! Mails and webhooks for tests; the latter go to loopback alone.

use std::sync::Arc;

use accounts::testing::TestAccounts;
use domain::{Clock, IdSource};
use integrations::webhook::{HttpWebhookSender, Reach, SystemLookup};
use sqlx::PgPool;
use vault::testing::CountedEntropy;

use crate::{Mails, MailsConfig, Webhooks, WebhooksConfig};

/// What telling stands on.
pub struct Ground<'a> {
    pub pool: PgPool,
    pub people: &'a TestAccounts,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    /// Where links in mails lead.
    pub public_url: String,
}

impl Ground<'_> {
    /// # Panics
    ///
    /// When TLS does not work on this machine.
    pub fn telling(self) -> (Webhooks, Mails) {
        let loopback = "127.0.0.0/8".parse().expect("it is a network");
        let reach = Reach::with(vec![loopback]);
        let sender = HttpWebhookSender::try_new(reach.clone(), Arc::new(SystemLookup));
        // No two of them draw the same.
        let seed = self.ids.fresh().as_u128() as u32;
        let webhooks = Webhooks::new(WebhooksConfig {
            pool: self.pool.clone(),
            vault: self.people.vault.clone(),
            clock: Arc::clone(&self.clock),
            ids: self.ids,
            entropy: Arc::new(CountedEntropy::new(seed)),
            sender: Arc::new(sender.expect("TLS works here")),
            reach,
        });
        let mails = Mails::new(MailsConfig {
            pool: self.pool,
            vault: self.people.vault.clone(),
            clock: self.clock,
            accounts: self.people.accounts.clone(),
            mailer: Arc::clone(&self.people.mailer) as _,
            public_url: self.public_url,
        });
        (webhooks, mails)
    }
}
