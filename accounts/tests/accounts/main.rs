//! Accounts on a real Postgres, with a clock that the tests move and a mailbox
//! that they read.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod erasing;
mod identities;
mod limits;
mod passwords;
mod records;
mod roles;
mod sessions;
mod sign_up;
mod signing;
mod standing;
mod support;
mod tokens;
