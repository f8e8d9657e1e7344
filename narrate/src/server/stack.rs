//! The servers: our own local stack, or addresses the user gave.

use std::sync::Arc;

use anyhow::bail;
use local_stack::{LocalStack, LocalStackConfig, StackError};
use secrecy::SecretString;

use crate::config::Config;

pub enum Servers {
    Own(Box<LocalStack>),
    Given {
        database_url: SecretString,
        nats_url: SecretString,
    },
}

impl Servers {
    pub async fn start(config: &Config, on_step: &mut impl FnMut(&str)) -> anyhow::Result<Self> {
        match (&config.database_url, &config.nats_url) {
            (Some(database_url), Some(nats_url)) => Ok(Self::Given {
                database_url: database_url.clone(),
                nats_url: nats_url.clone(),
            }),
            (None, None) => {
                let stack = LocalStackConfig::new(config.data_folder().root());
                Ok(Self::Own(Box::new(LocalStack::start(stack, on_step).await?)))
            }
            (Some(_), None) => bail!("DATABASE_URL is set and NATS_URL is not; set both, or neither to use servers of our own"),
            (None, Some(_)) => bail!("NATS_URL is set and DATABASE_URL is not; set both, or neither to use servers of our own"),
        }
    }

    pub fn database_url(&self) -> &SecretString {
        match self {
            Self::Own(stack) => stack.database_url(),
            Self::Given { database_url, .. } => database_url,
        }
    }

    pub fn nats_url(&self) -> &SecretString {
        match self {
            Self::Own(stack) => stack.nats_url(),
            Self::Given { nats_url, .. } => nats_url,
        }
    }

    /// Resolves when one of our own was given up; never for given ones.
    pub async fn broken(&self) -> Arc<StackError> {
        let Self::Own(stack) = self else {
            return std::future::pending().await;
        };
        let mut failure = stack.failure();
        match failure.wait_for(Option::is_some).await {
            Ok(failure) => failure.clone().expect("it was waited for"),
            Err(_) => std::future::pending().await,
        }
    }

    pub async fn stop(self) {
        if let Self::Own(stack) = self {
            stack.stop().await;
        }
    }
}
