//! The mail server of `sink.py`, with a certificate authority of its own.

use std::path::PathBuf;

use integrations::mail::{SmtpConfig, SmtpMailer};
use integrations::testing::MailServer;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use tempfile::TempDir;

use crate::letters::{clock, sender};

/// `narrator` and [`PASSWORD`](crate::letters::PASSWORD) as they stand in an address.
pub(crate) const LOGIN: &str = "narrator:p%3Ass%2Fw%25rd@";

/// Its folder is deleted when dropped.
pub(crate) struct Sink {
    server: MailServer,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Sink {
    /// Listening. `tls` is what `sink.py` knows: none, starttls or wrapped.
    pub(crate) async fn start(tls: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_certificates(&folder);
        let mut arguments = vec!["--tls", tls];
        arguments.extend(["--certificate", "server.pem", "--key", "server.key"]);
        arguments.extend(more);
        let server = MailServer::start(folder.path(), &arguments).await;
        Self {
            port: server.port(),
            server,
            folder,
        }
    }

    /// With STARTTLS, and a login that is asked for.
    pub(crate) async fn guarded() -> Self {
        let login = ["--user", "narrator", "--password", crate::letters::PASSWORD];
        Self::start("starttls", &login).await
    }

    /// In the clear, for whoever comes.
    pub(crate) async fn open() -> Self {
        Self::start("none", &[]).await
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// `before` is the scheme with a login, `after` the options. Trusts the
    /// authority.
    pub(crate) async fn config(&self, before: &str, after: &str) -> SmtpConfig {
        let mut config = config(&format!("{before}127.0.0.1:{}{after}", self.port));
        config.trust(&self.ca_file()).await.unwrap();
        config
    }

    pub(crate) async fn mailer(&self, before: &str, after: &str) -> SmtpMailer {
        mailer(self.config(before, after).await)
    }

    /// For one that is [`open`](Self::open).
    pub(crate) async fn plain_mailer(&self) -> SmtpMailer {
        self.mailer("smtp://", "?tls=none").await
    }

    /// The next mail that was taken.
    pub(crate) async fn mail(&mut self) -> Value {
        self.server.mail().await
    }

    /// The next thing it tells, which must be this.
    pub(crate) async fn hear(&mut self, event: &str) -> Value {
        self.server.hear(event).await
    }

    pub(crate) async fn stop(&mut self) {
        self.server.stop().await;
    }
}

pub(crate) fn config(address: &str) -> SmtpConfig {
    SmtpConfig::from_url(&address.into(), sender()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn mailer(config: SmtpConfig) -> SmtpMailer {
    SmtpMailer::try_new(config, clock()).unwrap_or_else(|error| panic!("{error}"))
}

fn write_certificates(folder: &TempDir) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["127.0.0.1".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    for (name, pem) in [
        ("ca.pem", authority.pem()),
        ("server.pem", server.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        std::fs::write(folder.path().join(name), pem).unwrap();
    }
}
