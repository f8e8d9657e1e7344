//! Reaching NATS.

use std::time::Duration;

use async_nats::{Client, ConnectError, ConnectOptions, ServerAddr};
use tokio::time::timeout;

/// How long a server that is not up yet is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    #[error("not an address; write nats://host:4222")]
    Address(#[source] std::io::Error),
    #[error("the server cannot be reached")]
    Connect(#[from] ConnectError),
    #[error("the server does not answer")]
    Silent,
}

/// A connection to the server at `url` that is known to work. A server that is
/// not up yet is waited for, 10 s at most. The client takes no credentials out
/// of an address by itself; here they count.
pub async fn connect(url: &str) -> Result<Client, NatsError> {
    let address: ServerAddr = url.parse().map_err(NatsError::Address)?;
    let mut options = ConnectOptions::new().name("narrate");
    if let (Some(user), Some(password)) = (address.username(), address.password()) {
        options = options.user_and_password(user.to_owned(), password.to_owned());
    }
    let patient = options.clone().retry_on_initial_connect();
    let client = patient.connect(&address).await?;
    if let Ok(Ok(())) = timeout(PATIENCE, client.flush()).await {
        return Ok(client);
    }
    // A patient client does not say what it met.
    match timeout(PATIENCE, options.connect(&address)).await {
        Ok(Err(error)) => Err(error.into()),
        Ok(Ok(_)) | Err(_) => Err(NatsError::Silent),
    }
}
