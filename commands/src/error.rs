//! How a command can end without doing what it said.

use domain::DecodeError;
use event_store::{AppendError, Position, StoreError};

/// The aggregate could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the events of {stream} could not be read")]
    Store {
        stream: String,
        #[source]
        source: StoreError,
    },
    #[error("the event of {stream} at {position} cannot be understood")]
    Decode {
        stream: String,
        position: Position,
        #[source]
        source: DecodeError,
    },
}

/// `E` is the aggregate's own refusal.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError<E: std::error::Error + 'static> {
    /// The domain said no. Nothing happened.
    #[error(transparent)]
    Rejected(E),
    /// There is nothing by that id that is the sender's.
    #[error("there is nothing by that id")]
    NotFound,
    /// Others kept changing the same aggregate. Nothing happened.
    #[error("the same thing is being changed by others; try again")]
    Conflict,
    /// Nothing happened; the same command may be sent again.
    #[error("the program is busy; try again shortly")]
    Busy,
    /// It may or may not have happened. Send the same command again, with the
    /// same id.
    #[error("it is not known whether the change was saved; repeat it with the same id")]
    Unknown(#[source] AppendError),
    #[error("the change could not be saved")]
    Store(#[source] AppendError),
    #[error("the current state could not be read")]
    Load(#[from] LoadError),
}
