//! Mail by SMTP (RFC 5321), over TLS unless the address says otherwise.
//!
//! The conversation is led step by step, because the same 550 means another
//! thing after the login, the sender and the recipient. A connection that was
//! left in the middle of it, by an error, the timeout or a caller that went
//! away, is never used again.

mod config;
mod connection;
mod failure;
mod idle;

use std::sync::Arc;

use async_trait::async_trait;
use domain::Clock;
use lettre::transport::smtp::client::TlsParameters;
use tokio::sync::Semaphore;

use super::message::compose;
use super::{Mail, MailError, Mailer, Outage};
pub use config::{Login, Security, SmtpConfig};
use connection::Connection;
use idle::Idle;

/// Servers count the connections of each client, and refuse the eleventh or so.
const MAX_CONNECTIONS: usize = 4;

pub struct SmtpMailer {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    clock: Arc<dyn Clock>,
    /// One for each connection that may be in use.
    turns: Semaphore,
    idle: Idle,
}

impl SmtpMailer {
    /// Connects when the first mail is sent.
    pub fn try_new(config: SmtpConfig, clock: Arc<dyn Clock>) -> Result<Self, MailError> {
        Ok(Self {
            tls: config.tls_parameters()?,
            config,
            clock,
            turns: Semaphore::new(MAX_CONNECTIONS),
            idle: Idle::default(),
        })
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), MailError> {
        let _turn = self.turns.acquire().await;
        let message = compose(mail, &self.config.sender, self.clock.now())?;
        let mut connection = match self.idle.take().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let sender = self.config.sender.address();
        connection.transfer(sender, &mail.to, &message).await?;
        self.idle.put(connection);
        Ok(())
    }

    async fn connect(&self) -> Result<Connection, MailError> {
        Connection::open(&self.config, self.tls.clone()).await
    }

    /// A conversation never outlasts the configured time.
    async fn in_time(
        &self,
        work: impl Future<Output = Result<(), MailError>> + Send,
    ) -> Result<(), MailError> {
        let after = self.config.timeout;
        tokio::time::timeout(after, work)
            .await
            .unwrap_or_else(|_| Err(Outage::TimedOut { after }.into()))
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn place(&self) -> String {
        format!("SMTP server {}:{}", self.config.host, self.config.port)
    }

    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.in_time(self.deliver(mail)).await
    }

    async fn probe(&self) -> Result<(), MailError> {
        self.in_time(async {
            let mut connection = self.connect().await?;
            connection.greet().await?;
            connection.quit().await;
            Ok(())
        })
        .await
    }
}
