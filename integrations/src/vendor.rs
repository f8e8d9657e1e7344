//! What the clients of paid providers share: one bounded call, what it costs,
//! and where it goes.
//!
//! A call is made once. Whether it is made again is decided by who asked for it,
//! from the [`ProviderError`](crate::ProviderError) that says what happened.

mod account;
mod answer;
mod caller;
mod prices;

pub use account::{Account, AccountError};
pub(crate) use answer::Answer;
pub(crate) use caller::Caller;
pub(crate) use prices::Price;
pub use prices::{ListedModel, Makes, PriceError, Prices};
