//! Where data lives and which servers to use.

mod people;

use std::path::PathBuf;

use clap::Args;
use graphql::HttpArgs;
use integrations::ProviderArgs;
use integrations::identity::IdentityArgs;
use integrations::mail::MailArgs;
use integrations::webhook::WebhookArgs;
use secrecy::{ExposeSecret, SecretString};

use crate::data_folder::DataFolder;
pub use people::PeopleArgs;

#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Folder of everything that is kept
    ///
    /// By default `narrateai` in the user's data directory, or
    /// /var/lib/narrateai for root.
    #[arg(long, env = "NARRATE_DATA", value_name = "FOLDER", global = true)]
    pub data: Option<PathBuf>,
    /// A Postgres to use instead of one of our own; needs NATS_URL too
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,
    /// A NATS server to use instead of one of our own; needs DATABASE_URL too
    #[arg(long, env = "NATS_URL", hide_env_values = true, global = true)]
    pub nats_url: Option<SecretString>,
    /// Experimental: a KurrentDB that keeps the events, instead of Postgres
    ///
    /// kurrentdb://user:password@host:2113, with ?tls=false for a server
    /// without TLS. Special characters of the password are percent-encoded.
    /// Postgres keeps what is read, as ever.
    #[arg(long, env = "EVENT_STORE_URL", hide_env_values = true, global = true)]
    event_store_url: Option<SecretString>,
    /// Prefix of every NATS subject; programs that share a server take two
    #[arg(
        long,
        env = "NARRATE_NAMESPACE",
        default_value = "narrate",
        value_parser = namespace,
        global = true,
        hide = true
    )]
    pub namespace: String,
    /// Where media is kept: a folder, or s3://bucket/prefix?endpoint=https://...
    #[arg(long, env = "MEDIA_URL", global = true)]
    pub media_url: Option<String>,
    #[command(flatten)]
    pub http: HttpArgs,
    #[command(flatten)]
    pub people: PeopleArgs,
    #[command(flatten)]
    pub mail: MailArgs,
    #[command(flatten)]
    pub identity: IdentityArgs,
    #[command(flatten)]
    pub providers: ProviderArgs,
    #[command(flatten)]
    pub webhooks: WebhookArgs,
    /// Say more on the terminal; twice for everything
    #[arg(long, short, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
}

impl Config {
    /// None when the events are kept in Postgres; an empty address is none.
    pub fn event_store_url(&self) -> Option<&SecretString> {
        let given = self.event_store_url.as_ref();
        given.filter(|url| !url.expose_secret().is_empty())
    }

    pub fn data_folder(&self) -> DataFolder {
        let root = self
            .data
            .clone()
            .unwrap_or_else(local_stack::default_data_dir);
        DataFolder::new(root)
    }
}

fn namespace(text: &str) -> Result<String, String> {
    let sound = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if sound {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not a prefix: use letters, digits, '-' and '_'"
        ))
    }
}
