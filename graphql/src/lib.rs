//! The GraphQL schema and the HTTP routes around it: what every client of the
//! program speaks to.
//!
//! A resolver loads, tells and answers; it holds no rules. Mutations become
//! domain commands, queries read the projections, subscriptions follow their
//! hints. Every read says who is asking ([`accounts::Viewer`]), and nothing here reaches
//! past the ports of the crates below.
//!
//! Who may ask for what is in [`mod@access`]; what any request is held to, in [`guard`], [`mod@execution`] and `http`.
//!
//! To add a noun: a folder with `types.rs`, `query.rs`, `mutation.rs` and, if it
//! is live, `subscription.rs`, and a line each in [`schema`]. Then run
//! `cargo run -p graphql --bin print-schema`, which writes `schema.graphql`.

mod access;
mod account;
mod admin;
mod api;
mod command;
mod connection;
mod context;
mod error;
mod event;
mod execution;
#[doc(hidden)]
pub mod guard;
mod http;
mod limit;
mod live;
mod material;
mod music;
mod notification;
mod options;
mod payload;
mod problems;
mod projection;
mod reading;
pub mod schema;
mod series;
mod settings;
mod signed;
mod spending;
mod video;
mod webhook;

pub use api::Api;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use http::fuzzing;
pub use http::{HttpArgs, Introspection, Origins, router};
pub use schema::{Schema, build_schema, sdl};
