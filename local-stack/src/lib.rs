//! Runs a private Postgres and nats-server as child processes, so that the
//! program needs nothing installed as a service and nothing configured.
//!
//! It never listens beyond this user: Postgres answers on a unix socket in a
//! 0700 folder, NATS on a loopback port behind a generated password. It never
//! deletes a data folder, and leaves no process behind, whatever ends the host.
//!
//! To add another server: give it a module like [`nats`] that implements
//! [`service::Service`] (how to launch it, how to tell that it is ready, which
//! signal stops it) and start it in [`stack`].

mod account;
mod child;
mod error;
mod folder;
mod launch;
mod leftover;
mod log_file;
mod nats;
mod postgres;
mod programs;
mod service;
mod stack;
mod supervisor;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::{Program, StackError};
pub use folder::default_data_dir;
pub use programs::{Found, Programs, locate};
pub use stack::{Durability, LocalStack, LocalStackConfig};
