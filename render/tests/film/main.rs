//! Makes short films and looks at what came out.
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

mod captions;
mod format;
mod kit;
mod trouble;
