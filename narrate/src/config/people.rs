use anyhow::Context;
use clap::Args;
use domain::EmailAddress;
use secrecy::{ExposeSecret, SecretString};

/// Accounts, and what seals what is personal in them. An empty setting is none.
#[derive(Debug, Clone, Args)]
pub struct PeopleArgs {
    /// The key above all others: 32 random bytes in base64
    ///
    /// `openssl rand -base64 32` makes one. Older ones follow after commas, for
    /// as long as `narrate admin rotate-master-key` says. By default the file
    /// master.key in the data folder, made when it is first needed. Without it
    /// no address, password or token can be read: keep a copy, apart from the
    /// database's.
    #[arg(long, env = "MASTER_KEY", hide_env_values = true, global = true)]
    master_key: Option<SecretString>,
    /// Address of the server's owner, who goes on with what was made here
    /// before there were accounts
    #[arg(
        long = "owner",
        env = "OWNER_EMAIL",
        value_name = "EMAIL",
        global = true
    )]
    owner: Option<String>,
    /// An access token, for commands that talk to a server which does not take
    /// everybody on its machine for its owner
    #[arg(long, env = "NARRATE_TOKEN", hide_env_values = true, global = true)]
    token: Option<SecretString>,
}

impl PeopleArgs {
    pub fn master_key(&self) -> Option<&SecretString> {
        set(self.master_key.as_ref())
    }

    pub fn token(&self) -> Option<&SecretString> {
        set(self.token.as_ref())
    }

    pub fn owner_email(&self) -> anyhow::Result<Option<EmailAddress>> {
        let owner = self.owner.as_deref().filter(|owner| !owner.is_empty());
        owner
            .map(EmailAddress::try_new)
            .transpose()
            .context("OWNER_EMAIL")
    }
}

fn set(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|secret| !secret.expose_secret().is_empty())
}
