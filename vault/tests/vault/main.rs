//! The vault on a real Postgres, and its key file on a real disk.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

mod erasure;
mod key_file;
mod personal;
mod quiet;
mod rotation;
mod secrets;
mod stored;
mod support;
