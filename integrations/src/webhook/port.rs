use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{SigningSecret, WebhookUrl};

/// Takes messages on their way.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// One attempt. After [`NotSent`] it may have arrived all the same.
    async fn send(&self, message: &Message<'_>) -> Result<Answered, NotSent>;
}

/// One attempt at one message.
#[derive(Clone)]
pub struct Message<'a> {
    pub url: &'a WebhookUrl,
    /// The same for every attempt: receivers know a repeat by it.
    pub id: &'a str,
    /// Of this attempt: receivers refuse what is old.
    pub at: DateTime<Utc>,
    pub body: Bytes,
    /// Those that count now: one, or during a rotation two.
    pub secrets: &'a [SigningSecret],
}

/// What the receiver said. Its words are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    /// How long it asks to be left alone, a day at most.
    pub retry_after: Option<Duration>,
}

/// Why there is no answer; it tells nothing of the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    #[error(
        "the address leads to a network that webhooks may not reach; use one on the public internet"
    )]
    Forbidden,
    #[error("the receiver did not answer within {} s", within.as_secs())]
    TimedOut { within: Duration },
    #[error("no connection to the receiver: {problem}")]
    NoConnection { problem: String },
}
