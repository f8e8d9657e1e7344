use domain::EmailAddress;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;

use super::failure::{Step, failure};
use super::{Login, Security, SmtpConfig};
use crate::mail::MailError;
use crate::mail::message::{LINE_END, address};

/// One conversation with the server, past TLS and login.
pub(super) struct Connection(AsyncSmtpConnection);

impl Connection {
    pub(super) async fn open(
        config: &SmtpConfig,
        tls: Option<TlsParameters>,
    ) -> Result<Self, MailError> {
        // Nobody checks it where a login is needed; elsewhere a name that
        // resolves is best, and this machine's own seldom does.
        let hello = ClientId::Domain(config.sender.address().domain().to_owned());
        let (from_the_start, later) = match config.security {
            Security::Tls => (tls, None),
            Security::StartTls => (None, tls),
            Security::None => (None, None),
        };
        let server = (&*config.host, config.port);
        // For each of its addresses: one that leads nowhere leaves time for others.
        let patience = Some(config.timeout / 3);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, patience, &hello, from_the_start, None);
        let mut connection = connected.await.map_err(failure(Step::Connect))?;
        if let Some(tls) = later {
            start_tls(&mut connection, tls, &hello).await?;
        }
        if let Some(login) = &config.login {
            log_in(&mut connection, login).await?;
        }
        Ok(Self(connection))
    }

    /// Asks whether the server is still there.
    pub(super) async fn greet(&mut self) -> Result<(), MailError> {
        let answered = self.0.command(Noop).await;
        answered.map(drop).map_err(failure(Step::Connect))
    }

    /// Hands over one mail. After an error the connection is of no more use.
    pub(super) async fn transfer(
        &mut self,
        from: &EmailAddress,
        to: &EmailAddress,
        message: &[u8],
    ) -> Result<(), MailError> {
        let sent = self.converse(from, to, message).await;
        if sent.is_err() {
            self.quit().await;
        }
        sent
    }

    async fn converse(
        &mut self,
        from: &EmailAddress,
        to: &EmailAddress,
        message: &[u8],
    ) -> Result<(), MailError> {
        let server = &mut self.0;
        let sender = server.command(Mail::new(Some(address(from)), vec![]));
        sender.await.map_err(failure(Step::Sender))?;
        let recipient = server.command(Rcpt::new(address(to), vec![]));
        recipient.await.map_err(failure(Step::Recipient))?;
        server.command(Data).await.map_err(failure(Step::Content))?;
        // The last line end belongs to what ends the content.
        let content = server.message(message.strip_suffix(LINE_END).unwrap_or(message));
        content.await.map(drop).map_err(failure(Step::Content))
    }

    /// As is polite; what the server says to it changes nothing.
    pub(super) async fn quit(&mut self) {
        self.0.abort().await;
    }
}

async fn start_tls(
    connection: &mut AsyncSmtpConnection,
    tls: TlsParameters,
    hello: &ClientId,
) -> Result<(), MailError> {
    if !connection.can_starttls() {
        return Err(MailError::misconfigured(
            "SMTP_URL: the server offers no STARTTLS; write smtps:// with its port for TLS, often 465",
        ));
    }
    connection
        .starttls(tls, hello)
        .await
        .map_err(failure(Step::StartTls))
}

async fn log_in(connection: &mut AsyncSmtpConnection, login: &Login) -> Result<(), MailError> {
    if connection
        .server_info()
        .get_auth_mechanism(DEFAULT_MECHANISMS)
        .is_none()
    {
        return Err(MailError::misconfigured(
            "SMTP_URL: the server offers no login by user and password; leave them out, or choose another server",
        ));
    }
    let credentials = Credentials::new(
        login.user.clone(),
        login.password.expose_secret().to_owned(),
    );
    connection
        .auth(DEFAULT_MECHANISMS, &credentials)
        .await
        .map(drop)
        .map_err(failure(Step::Login))
}
