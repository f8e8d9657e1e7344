//! The messages and services of `proto/`, as they were generated.

#![allow(
    clippy::all,
    dead_code,
    unused_qualifications,
    rustdoc::all,
    reason = "generated code"
)]

include!(concat!(env!("OUT_DIR"), "/protocol.rs"));

pub(crate) use event_store::client::{
    Empty, StreamIdentifier, Uuid as Id, gossip, server_features, streams, uuid::Value as IdValue,
};
