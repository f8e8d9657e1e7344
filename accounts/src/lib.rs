//! Who people are: accounts and what proves them, sessions, access tokens,
//! limits, and being forgotten.
//!
//! Secrets are no events. They live in tables that only this crate reads, and
//! those are the truth about who may come in: a change there counts at once.
//! What happened to an account is also said in the log, by a record that is
//! written in the same transaction and appended after it ([`records`]), so that
//! the log tells of every sign-in and of every change, once.
//!
//! No answer to somebody unknown tells whether an address has an account, not
//! by its words and not by its time: both ways do the same work before the
//! answer, and what differs is done after it ([`jobs`]).
//!
//! To add a way to sign in: a file that proves who it is and ends in
//! [`Accounts::open_session`]. To add a limit: a line in [`limits`].

mod access_token;
mod account;
mod accounts;
mod authenticate;
mod client;
mod erasure;
mod error;
mod identity;
mod jobs;
mod letters;
pub mod limits;
mod password;
mod records;
mod reset;
mod role;
mod secret;
mod session;
mod sign_in;
mod sign_up;
mod signing;
mod standing;
#[cfg(feature = "testing")]
pub mod testing;
mod viewer;

/// What the fuzz targets see besides.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::signing::token::{Access, Key, key_of};
}

pub use access_token::{AccessTokenSummary, NewAccessToken};
pub use account::AccountSummary;
pub use accounts::{Accounts, AccountsConfig, Parts, Visit};
pub use client::Client;
pub use error::{AccountError, Refused};
pub use limits::{Limit, Limited, Limits};
pub use password::{NewPassword, Overloaded};
pub use session::{SessionSummary, SignedIn};
pub use viewer::{Via, Viewer};
