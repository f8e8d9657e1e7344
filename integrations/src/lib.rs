//! Every outside system, one folder each: a small port (a trait), and the
//! clients behind it.
//!
//! The makers ([`script`], [`speech`], [`images`], [`music`]) turn a request
//! into a thing and remember nothing; [`media`] keeps the bytes; [`mail`] carries
//! what others wrote; [`identity`] says who someone is who has an account
//! elsewhere; [`webhook`] tells programs of people what happened. Nothing here decides what happens next, retries on its own account
//! beyond one call's transport, or knows of events: a maker answers or fails with
//! a [`ProviderError`] that says what can be done.
//!
//! To add a provider: a file beside the port it serves, and its place in
//! [`Providers`]. To add a kind of outside system: a folder with a `port.rs`.

mod error;
mod failure;
mod http;
pub mod identity;
pub mod images;
mod journal;
pub mod mail;
pub mod media;
pub mod music;
mod observer;
mod offline;
pub mod openai;
mod partial;
mod prompts;
mod providers;
pub mod script;
pub mod speech;
#[cfg(feature = "testing")]
pub mod testing;
pub mod vendor;
pub mod webhook;

pub use error::ProviderError;
pub use journal::{Charge, Journal};
pub use observer::Observer;
pub use prompts::{PromptError, Prompts};
pub use providers::{Chain, ProviderArgs, Providers, ProvidersError};
