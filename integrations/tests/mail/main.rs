//! Mail, sent to a real mail server and kept in a real folder.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod folder;
mod letters;
mod refusals;
mod settings;
mod sink;
mod smtp;
