//! Sign-in at a real provider, which checks what we do, and at one that lies,
//! which shows what we check.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod real;
mod support;
mod trust;
mod unavailable;
