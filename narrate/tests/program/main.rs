//! The program as its users have it: the real binary on a data folder of its
//! own, what it makes, and what it leaves when it is refused, killed or stopped.
//!
//! What it leaves is read from /proc, so these run on Linux only.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod captions;
mod events;
mod film;
mod home;
mod input;
mod kurrentdb;
mod looks;
mod neighbours;
mod people;
mod projections;
mod providers;
mod resume;
mod run;
mod server;
mod stop;
mod up;
