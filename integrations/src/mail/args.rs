use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

/// How mail leaves the program. An empty setting is none.
#[derive(Debug, Clone, Default, Args)]
pub struct MailArgs {
    /// The mail server: smtp://user:password@host:587
    ///
    /// smtp:// asks for STARTTLS, smtps:// begins with TLS. A relay on a trusted
    /// network may go without: smtp://host:25?tls=none. Special characters of
    /// user and password are percent-encoded. Without a mail server, mail is
    /// kept in the data folder.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<SecretString>,
    /// Who mail comes from: "NarrateAI <no-reply@example.com>"
    #[arg(long, env = "MAIL_FROM", value_name = "SENDER", global = true)]
    pub mail_from: Option<String>,
    /// Certificates to trust besides the system's, as PEM, for a mail server
    /// with one of a private authority
    #[arg(long, env = "SMTP_CA_FILE", value_name = "FILE", global = true)]
    pub smtp_ca_file: Option<PathBuf>,
}

impl MailArgs {
    /// Mail is sent, not kept in a folder.
    pub fn has_server(&self) -> bool {
        self.smtp_url().is_some()
    }

    pub(super) fn smtp_url(&self) -> Option<&SecretString> {
        let given = self.smtp_url.as_ref();
        given.filter(|url| !url.expose_secret().is_empty())
    }

    pub(super) fn mail_from(&self) -> Option<&str> {
        self.mail_from.as_deref().filter(|from| !from.is_empty())
    }

    pub(super) fn smtp_ca_file(&self) -> Option<&PathBuf> {
        let given = self.smtp_ca_file.as_ref();
        given.filter(|file| !file.as_os_str().is_empty())
    }
}
