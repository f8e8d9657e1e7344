//! Clients of paid providers, each at a server that checks what it is sent and
//! fails as the provider does.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod images;
mod jobs;
mod journal;
mod script;
mod speech;
mod support;
