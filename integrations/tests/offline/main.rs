//! The offline makers behind their ports.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod images;
mod music;
mod script;
mod speech;
