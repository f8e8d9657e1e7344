//! What people are told outside of the program: mails, and messages to programs of
//! theirs.
//!
//! The [`Announcer`] follows the log from where it stood when the program first
//! ran, and writes down whom to tell of what in the transaction that moves its
//! checkpoint: nothing is lost, nothing is told twice, and what is built anew from
//! the log tells nobody anything. [`Webhooks`] keeps people's endpoints and sends
//! what is due to them, [`Mails`] what is due to people. What is due stands in Postgres, where it commits together with
//! the checkpoint and can be looked at: JetStream would hold it apart from both.
//!
//! Endpoints and deliveries are tables, not events: they hold secrets, and what
//! became of each attempt is nobody's business but their owner's.
//!
//! To add a kind of notification: see `domain::notification`.

mod announcer;
mod error;
mod mail;
mod preferences;
#[cfg(feature = "testing")]
pub mod testing;
pub mod webhook;

pub use announcer::{ANNOUNCER, Announcer};
pub use error::NotificationError;
pub use mail::{Mails, MailsConfig, Subscribed};
pub use preferences::{Preference, Preferences};
pub use webhook::{Webhooks, WebhooksConfig};
