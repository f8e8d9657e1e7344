//! Who may come in: the vault, the mails, other providers, and accounts on top.

use std::net::SocketAddr;
use std::sync::Arc;

use accounts::{Accounts, AccountsConfig, Parts as AccountsParts};
use anyhow::Context;
use commands::Dispatcher;
use domain::{Clock, IdSource};
use event_store::EventStore;
use integrations::identity::{IdentityProvider, OidcProvider, SystemRandomness};
use integrations::mail::{self, Mailer, Outbox};
use integrations::media::MediaStore;
use projections::Watermarks;
use sqlx::PgPool;
use vault::{MasterKeys, SystemEntropy, Vault};

use crate::config::Config;

/// Where the provider sends browsers back to.
const CALLBACK: &str = "auth/oidc/callback";

pub struct People {
    pub accounts: Accounts,
    pub vault: Vault,
    pub mailer: Arc<dyn Mailer>,
    /// Where links in mails lead.
    pub public_url: String,
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// Who is on this machine and shows nothing is its owner.
    pub knows_local_owner: bool,
}

/// What accounts stand on.
pub struct Base<'a> {
    pub config: &'a Config,
    pub pool: PgPool,
    pub store: Arc<dyn EventStore>,
    pub watermarks: Watermarks,
    pub media: Arc<dyn MediaStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl Base<'_> {
    /// For an API on `address`; without one, for commands on the server.
    pub async fn open(&self, address: Option<SocketAddr>) -> anyhow::Result<People> {
        let Self { config, clock, .. } = self;
        // Behind a proxy everybody comes from this machine.
        let is_here = address.is_none_or(|address| address.ip().is_loopback());
        let knows_local_owner = is_here && config.http.public_url.is_none();
        let public_url = match (&config.http.public_url, address) {
            (Some(url), _) => url.as_str().trim_end_matches('/').to_owned(),
            (None, Some(address)) => format!("http://{address}"),
            (None, None) => String::new(),
        };
        let vault = self.vault().await?;
        let outbox = Outbox {
            folder: config.data_folder().mail(),
            log_links: knows_local_owner,
        };
        let mailer = mail::open(&config.mail, outbox, Arc::clone(clock)).await?;
        let parts = AccountsParts {
            pool: self.pool.clone(),
            vault: vault.clone(),
            dispatcher: Dispatcher::new(Arc::clone(&self.store), Arc::clone(clock)),
            store: Arc::clone(&self.store),
            watermarks: self.watermarks.clone(),
            clock: Arc::clone(clock),
            ids: Arc::clone(&self.ids),
            entropy: Arc::new(SystemEntropy),
            mailer: Arc::clone(&mailer),
            media: Arc::clone(&self.media),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let accounts = AccountsConfig {
            public_url: public_url.clone(),
            owner_email: config.people.owner_email()?,
            hash_at_once: cores,
        };
        Ok(People {
            accounts: Accounts::new(parts, accounts),
            vault,
            mailer,
            identity: self.identity(&public_url)?,
            public_url,
            knows_local_owner,
        })
    }

    async fn vault(&self) -> anyhow::Result<Vault> {
        let keys = match self.config.people.master_key() {
            Some(text) => MasterKeys::try_parse(text).context("MASTER_KEY")?,
            None => MasterKeys::open_file(&self.config.data_folder().master_key(), &SystemEntropy)?,
        };
        let vault = Vault::open(self.pool.clone(), keys, Arc::new(SystemEntropy)).await;
        vault.context("what is sealed cannot be opened")
    }

    fn identity(&self, public_url: &str) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
        let Some(config) = self.config.identity.config()? else {
            return Ok(None);
        };
        let redirect = format!("{public_url}/{CALLBACK}");
        let redirect = redirect.parse().context("PUBLIC_URL is no address")?;
        let clock = Arc::clone(&self.clock);
        let provider = OidcProvider::try_new(config, redirect, clock, Arc::new(SystemRandomness))?;
        Ok(Some(Arc::new(provider)))
    }
}
