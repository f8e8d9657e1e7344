//! Connections to Postgres and NATS, ours or the user's.

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;

/// Followers, the relay, the appender and its lock, requests, and some to spare.
const MAX_CONNECTIONS: u32 = 20;

pub async fn database(url: &SecretString) -> anyhow::Result<PgPool> {
    event_store::connect(url.expose_secret(), MAX_CONNECTIONS)
        .await
        .context("the database of DATABASE_URL cannot be reached")
}

/// The client takes no credentials out of an address by itself.
pub async fn nats(url: &SecretString) -> anyhow::Result<async_nats::Client> {
    let address: async_nats::ServerAddr = url
        .expose_secret()
        .parse()
        .context("NATS_URL is not an address; write nats://host:4222")?;
    let mut options = async_nats::ConnectOptions::new()
        .name("narrate")
        .retry_on_initial_connect();
    if let (Some(user), Some(password)) = (address.username(), address.password()) {
        options = options.user_and_password(user.to_owned(), password.to_owned());
    }
    let client = options
        .connect(address)
        .await
        .context("the NATS server of NATS_URL cannot be reached")?;
    client
        .flush()
        .await
        .context("the NATS server of NATS_URL does not answer")?;
    Ok(client)
}
