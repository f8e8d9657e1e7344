//! The local stack with real servers: what a user, a crash and a neighbour may
//! do to it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod command;
mod damage;
mod endings;
mod isolation;
mod support;
