//! Connections to Postgres and NATS, ours or the user's.

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;

/// Followers, the relay and its reconciler, the appender and its lock, requests, and some to spare.
const MAX_CONNECTIONS: u32 = 20;

pub async fn database(url: &SecretString) -> anyhow::Result<PgPool> {
    event_store::database::connect(url.expose_secret(), MAX_CONNECTIONS)
        .await
        .context("the database of DATABASE_URL cannot be reached")
}

pub async fn nats(url: &SecretString) -> anyhow::Result<async_nats::Client> {
    projections::nats::connect(url.expose_secret())
        .await
        .context("the NATS server of NATS_URL cannot be used")
}
