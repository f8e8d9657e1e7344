//! A protocol double of KurrentDB, for tests: the gRPC services that a client
//! of a single node or a small cluster uses, over memory, with the faults that
//! a network and a server can have as knobs on a handle.
//!
//! **It proves how our adapter behaves, not how the server does.** What it
//! answers was read off the server's published behaviour; where a real node
//! differs, the double is wrong. The same conformance suite runs on a real node
//! when `KURRENTDB_TEST_URL` names one, and what is found there becomes a test
//! here.
//!
//! It serves `Streams.Read` (a stream or `$all`, both directions, filters,
//! subscriptions), `Streams.Append`, `ServerFeatures` and `Gossip`. Left out on
//! purpose: deletion and stream metadata, links, access rights, persistent
//! subscriptions, batch append, TLS, falling behind, scavenging, and a clock:
//! all it records happened at one instant. It is never part of the program.
//!
//! [`Double`] names each fault with the behaviour of the official client that
//! it brings out. To add one: a knob in `faults.rs`, its place in the service
//! that shows it, a method of [`Double`], and a test in `tests/`.

#![allow(
    clippy::result_large_err,
    reason = "a `tonic::Status` is what the protocol's calls fail with"
)]

mod answer;
mod double;
mod faults;
mod filter;
mod listening;
mod log;
mod node;
mod protocol;
mod service;
mod wire;

pub use double::Double;
pub use faults::Lost;
pub use node::Member;
