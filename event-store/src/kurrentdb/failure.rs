//! What a failed call means for whoever made it.

use std::sync::Arc;
use std::time::Duration;

use eventstore::{CurrentRevision, Error};

use crate::StoreError;

/// `INVALID_ARGUMENT`: <https://grpc.io/docs/guides/status-codes/>.
const INVALID_ARGUMENT: i32 = 3;

/// How a call ended without doing what it said.
#[derive(Debug)]
pub(super) enum Fault {
    /// The stream is elsewhere.
    Conflict {
        current: Option<u64>,
    },
    /// The server does not take it, for this reason.
    Refused(String),
    NotFound,
    /// Trying again will not help.
    Lasting(Failure),
    /// The request never left. Trying again may help.
    Unsent(Failure),
    /// The request may have been done. Trying again may help.
    Passing(Failure),
}

/// Shared by all who waited for the same connection.
pub(super) type Failure = Arc<Cause>;

#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("KurrentDB did not answer within {} s", .0.as_secs_f32())]
    Silent(Duration),
    #[error("an answer of KurrentDB ended in the middle")]
    CutShort,
    #[error("KurrentDB does not let this user in; check the user and password of its address")]
    Denied,
    #[error("the stream was deleted in KurrentDB")]
    Deleted,
    #[error("the client of KurrentDB could not be made: {0}")]
    Client(String),
    #[error("KurrentDB refuses the request: {0}")]
    Refused(String),
    #[error("the connection to KurrentDB was closed")]
    Closed,
    #[error("the epoch of the log in KurrentDB cannot be read: {0}")]
    Epoch(String),
    #[error(transparent)]
    Call(Error),
}

impl Fault {
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::WrongExpectedVersion { current, .. } => Self::Conflict {
                current: match current {
                    CurrentRevision::Current(revision) => Some(revision),
                    CurrentRevision::NoStream => None,
                },
            },
            Error::ResourceNotFound => Self::NotFound,
            Error::ResourceDeleted => Self::Lasting(Arc::new(Cause::Deleted)),
            Error::AccessDenied => Self::Lasting(Arc::new(Cause::Denied)),
            Error::UnsupportedFeature => Self::Lasting(Arc::new(Cause::Call(error))),
            Error::Grpc { code, message } if i32::from(code) == INVALID_ARGUMENT => {
                Self::Refused(message)
            }
            Error::ConnectionClosed => Self::Unsent(Arc::new(Cause::Closed)),
            Error::GrpcConnectionError(_) => Self::Unsent(Arc::new(Cause::Call(error))),
            error => Self::Passing(Arc::new(Cause::Call(error))),
        }
    }

    /// Why, for a call that appends nothing, and whether that will last.
    pub(super) fn into_failure(self) -> (Failure, bool) {
        match self {
            Self::Unsent(failure) | Self::Passing(failure) => (failure, false),
            Self::Lasting(failure) => (failure, true),
            Self::Refused(reason) => (Arc::new(Cause::Refused(reason)), true),
            Self::NotFound | Self::Conflict { .. } => (Arc::new(Cause::CutShort), false),
        }
    }
}

pub(super) fn unavailable(failure: Failure) -> StoreError {
    StoreError::Unavailable {
        source: Box::new(failure),
    }
}
