//! Providers of scripts, speech and pictures that cost nothing.
//!
//! [`FakeVendors`] listens on loopback and speaks the protocols of OpenAI,
//! Anthropic, ElevenLabs, Stability AI and fal. Each request is checked against the
//! schema in `schemas/`, strictly:
//! a field that the schema does not name is refused, as is a wrong key. Answers
//! have the form that the providers document, and so have the failures, which a
//! test orders with [`Fault`]. What was asked, and whether it was answered, is
//! kept as [`Call`]s: whoever pays twice is found out.
//!
//! To add a provider: a module with its routes, beside [`openai`].

mod anthropic;
mod call;
mod check;
mod elevenlabs;
mod fal;
mod fault;
mod openai;
mod painter;
mod server;
mod stability;
mod voice;
mod writer;

pub use call::{Call, Operation};
pub use fault::Fault;
pub use server::{FakeVendors, KEY};
