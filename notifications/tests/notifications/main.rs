//! What people are told, on a real log and Postgres, by a receiver that fails on
//! demand and a clock that a test moves.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod announcing;
mod endpoints;
mod mails;
mod sending;
mod support;
