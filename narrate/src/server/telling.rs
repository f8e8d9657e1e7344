//! Telling people what happens, by mail and by webhook. It is done beside the
//! API, which has the keys that addresses and secrets are sealed under.

use std::sync::Arc;

use anyhow::Context;
use integrations::webhook::{HttpWebhookSender, Reach, SystemLookup};
use notifications::{Announcer, Mails, MailsConfig, Webhooks, WebhooksConfig};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::SystemEntropy;

use super::Parts;
use super::people::People;

pub(super) struct Telling {
    pub(super) webhooks: Webhooks,
    pub(super) mails: Mails,
}

impl Telling {
    pub(super) fn open(parts: &Parts, people: &People, reach: Reach) -> anyhow::Result<Self> {
        let sender = HttpWebhookSender::try_new(reach.clone(), Arc::new(SystemLookup));
        let webhooks = Webhooks::new(WebhooksConfig {
            pool: parts.pool.clone(),
            vault: people.vault.clone(),
            clock: Arc::clone(&parts.clock),
            ids: Arc::clone(&parts.ids),
            entropy: Arc::new(SystemEntropy),
            sender: Arc::new(sender.context("webhooks cannot be sent: TLS does not work here")?),
            reach,
        });
        let mails = Mails::new(MailsConfig {
            pool: parts.pool.clone(),
            vault: people.vault.clone(),
            clock: Arc::clone(&parts.clock),
            accounts: people.accounts.clone(),
            mailer: Arc::clone(&people.mailer),
            public_url: people.public_url.clone(),
        });
        Ok(Self { webhooks, mails })
    }

    pub(super) fn spawn(&self, parts: &Parts, tasks: &TaskTracker, stop: &CancellationToken) {
        let announcer = Announcer::new(
            Arc::clone(&parts.store),
            parts.pool.clone(),
            self.webhooks.clone(),
            self.mails.clone(),
        );
        tasks.spawn(announcer.run(stop.clone()));
        tasks.spawn(self.webhooks.clone().run(stop.clone()));
        tasks.spawn(self.mails.clone().run(stop.clone()));
    }
}
