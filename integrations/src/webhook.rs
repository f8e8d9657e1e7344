//! Webhooks: a message signed as Standard Webhooks 1.0.0 says
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>),
//! sent to an address that a stranger chose.
//!
//! Such an address may lead anywhere, so where it leads is judged when the
//! connection is made, by [`Reach`], and not when it is written down: names
//! change what they stand for. One message is sent once. Whether it is sent
//! again is decided by who asked for it.

mod address;
mod args;
mod http;
mod port;
mod reach;
mod resolver;
mod secret;

pub use address::{MAX_URL_CHARS, WebhookUrl};
pub use args::WebhookArgs;
pub use http::HttpWebhookSender;
pub use port::{Answered, Message, NotSent, WebhookSender};
pub use reach::Reach;
pub use resolver::{Lookup, SystemLookup};
pub use secret::{SECRET_BYTES, SigningSecret};
