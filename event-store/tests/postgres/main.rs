//! The Postgres log, on a real server.

#![allow(
    clippy::unwrap_used,
    reason = "a step that fails is a test that fails, in helpers too"
)]

mod appender;
mod conformance;
mod connecting;
mod faults;
mod hints;
mod reading;
mod support;
