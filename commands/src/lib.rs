//! The write side: load an aggregate, let it decide, append what it decided.
//!
//! Every command carries an id. Its events' ids derive from it, so a command
//! sent twice, by an impatient client or a redelivered message, is answered
//! with what it did the first time. Rules live in `domain`; nothing here knows
//! any. A new command needs nothing here at all.

mod context;
mod dispatch;
mod error;
mod system;

pub use context::{CommandContext, event_id};
pub use dispatch::{Dispatched, Dispatcher, Loaded};
pub use error::{DispatchError, LoadError};
pub use system::{RandomIds, SystemClock};
