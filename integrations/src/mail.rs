//! Mail to people: carried, not written.
//!
//! A [`Mailer`] hands a finished [`Mail`] to an SMTP server, or, where none is
//! set, keeps it in a folder. It sends once and says what can be done when that
//! fails; waiting and trying again is its caller's. What a mail says, to whom it
//! goes and what it links to is never printed: not in errors, logs or `Debug`.

mod args;
mod error;
mod folder;
mod message;
mod open;
mod port;
mod sender;
mod smtp;

pub use args::MailArgs;
pub use error::{MailError, Outage};
pub use folder::{FolderMailer, Outbox};
pub use open::open;
pub use port::{Mail, Mailer};
pub use sender::Sender;
pub use smtp::{Login, Security, SmtpConfig, SmtpMailer};
