//! A server to talk to: the one that runs on the data folder, or our own.

use std::time::Duration;

use anyhow::Context;
use local_stack::StackError;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::Role;
use crate::client::ApiClient;
use crate::config::Config;
use crate::server::Running;

/// How long a server that holds the data folder may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(300);

pub struct Session {
    pub client: ApiClient,
    own: Option<Running>,
}

/// The user asked to stop.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub struct Stopped;

impl Session {
    /// Attaches to the running server, or starts one with `roles`. `on_step`
    /// hears what is being done.
    pub async fn open(
        config: &Config,
        roles: &[Role],
        stop: &CancellationToken,
        mut on_step: impl FnMut(&str),
    ) -> anyhow::Result<Self> {
        let opened = async {
            let deadline = tokio::time::Instant::now() + PATIENCE;
            loop {
                if let Some(client) = running_server(config).await {
                    on_step("using the server that runs already");
                    return Ok(Self { client, own: None });
                }
                match Self::start(config, roles, &mut on_step).await {
                    Err(error) if held_by_another(&error) => {
                        on_step("waiting for the process that holds the data folder");
                        if tokio::time::Instant::now() > deadline {
                            return Err(error);
                        }
                        tokio::time::sleep(LOOK_EVERY).await;
                    }
                    outcome => return outcome,
                }
            }
        };
        tokio::select! {
            opened = opened => opened,
            () = stop.cancelled() => Err(Stopped.into()),
        }
    }

    async fn start(
        config: &Config,
        roles: &[Role],
        on_step: &mut impl FnMut(&str),
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("no port of this machine is free")?;
        let own = Running::start(config, roles, listener, on_step).await?;
        let address = own.address.context("the API did not start")?;
        Ok(Self {
            client: ApiClient::new(address, None),
            own: Some(own),
        })
    }

    /// Someone else's server may go at any time.
    pub fn is_attached(&self) -> bool {
        self.own.is_none()
    }

    /// Resolves when one of our own servers was given up.
    pub async fn broken(&self) -> anyhow::Error {
        match &self.own {
            Some(own) => anyhow::anyhow!("{}", own.broken().await),
            None => std::future::pending().await,
        }
    }

    /// Ends our own server, in order; leaves another's alone.
    pub async fn close(self) {
        if let Some(own) = self.own {
            own.stop().await;
        }
    }
}

async fn running_server(config: &Config) -> Option<ApiClient> {
    let record = config.data_folder().server()?;
    let client = ApiClient::new(record.address, config.people.token().cloned());
    client.is_alive().await.then_some(client)
}

fn held_by_another(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StackError::InUse { .. }))
}
