//! The log in KurrentDB: on the protocol double, which shows what the adapter
//! does, and on a real node when `KURRENTDB_TEST_URL` names one.

#![allow(
    clippy::unwrap_used,
    reason = "a step that fails is a test that fails, in helpers too"
)]

mod conformance;
mod faults;
mod log;
mod real_node;
mod support;
