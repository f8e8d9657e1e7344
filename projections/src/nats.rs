//! Reaching NATS.

use async_nats::{Client, ConnectError, ConnectOptions, ServerAddr};

#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    #[error("not an address; write nats://host:4222")]
    Address(#[source] std::io::Error),
    #[error("the server cannot be reached")]
    Connect(#[from] ConnectError),
    #[error("the server does not answer")]
    Silent(#[from] async_nats::client::FlushError),
}

/// A connection to the server at `url` that is known to work. The client takes
/// no credentials out of an address by itself; here they count.
pub async fn connect(url: &str) -> Result<Client, NatsError> {
    let address: ServerAddr = url.parse().map_err(NatsError::Address)?;
    let mut options = ConnectOptions::new()
        .name("narrate")
        .retry_on_initial_connect();
    if let (Some(user), Some(password)) = (address.username(), address.password()) {
        options = options.user_and_password(user.to_owned(), password.to_owned());
    }
    let client = options.connect(address).await?;
    client.flush().await?;
    Ok(client)
}
