use std::fmt;

use async_trait::async_trait;
use domain::EmailAddress;
use secrecy::SecretString;
use uuid::Uuid;

use super::MailError;

/// Takes mail on its way.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// For people: a server, or a folder.
    fn place(&self) -> String;

    /// Returns once the mail is in the hands of the server, or in the folder.
    /// After an error it may have got there all the same; sent again under the
    /// same id, it is the same mail to whoever looks at the `Message-ID`.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;

    /// Everything up to the first mail: what `narrate doctor` runs.
    async fn probe(&self) -> Result<(), MailError>;
}

/// One mail to one person.
#[derive(Clone)]
pub struct Mail {
    /// The `Message-ID` is made of it: the same for every attempt.
    pub id: Uuid,
    pub to: EmailAddress,
    /// One line; line breaks and other control characters become spaces.
    pub subject: String,
    pub text: String,
    /// The same as `text`, for programs that show HTML.
    pub html: Option<String>,
    /// What the mail is about to make its reader open. It is in `text` already;
    /// here it is for [`Outbox::log_links`](super::Outbox::log_links).
    pub link: Option<SecretString>,
    /// Where a POST ends mails of this kind, without signing in (RFC 8058). Only
    /// for mails that nobody asked for just now.
    pub unsubscribe: Option<SecretString>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
