//! How an answer can fail: what the client can mend, and what it cannot.
//!
//! A query's refusal is a GraphQL error with a `code`; a mutation's is data in
//! its payload ([`UserError`]). What nobody expected is logged once, here, with
//! its chain, and reported plainly with the id to quote.

use std::error::Error as StdError;

use async_graphql::{Error, ErrorExtensions, ServerError, SimpleObject};
use commands::DispatchError;
use domain::InvalidField;
use domain::inbox::InboxError;
use domain::projection::ProjectionError;
use domain::series::SeriesError;
use domain::video::VideoError;
use uuid::Uuid;

/// Something about the request that its sender can change.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct UserError {
    /// The path of the input it is about, such as `settings.artStyle`; null when
    /// it is about the request as a whole.
    pub field: Option<String>,
    /// What is wrong and what would be accepted, for people. Reads alone.
    pub message: String,
    /// What is wrong, for programs: `INVALID`, `NOT_FOUND`, `ARCHIVED`,
    /// `ALREADY_READY`, `NOT_RETRYABLE`, `DELETED`, `TOO_LARGE`, `TOO_MANY`, `CONFLICT`,
    /// `BUSY`, `UNKNOWN_OUTCOME`, `UNAVAILABLE`, `RATE_LIMITED`, `TOO_MANY`,
    /// `DISABLED` or `WRONG_PASSWORD`; for admins also `IN_PROGRESS`, `NOT_IN_PROGRESS`,
    /// `NO_PREVIOUS`, `OTHER_PROGRAM`, `NOT_FIRST` or `IS_OWNER`.
    pub code: String,
}

impl UserError {
    pub(crate) fn new(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            message: message.into(),
            code: code.to_owned(),
        }
    }

    pub(crate) fn invalid(path: &str, error: &InvalidField) -> Self {
        Self::new(path, "INVALID", error.to_string())
    }

    pub(crate) fn not_found(field: &str, noun: &str) -> Self {
        Self::new(field, "NOT_FOUND", format!("there is no such {noun}"))
    }

    pub(crate) fn of_request(code: &str, message: String) -> Self {
        Self {
            field: None,
            message,
            code: code.to_owned(),
        }
    }
}

/// Why a mutation did nothing.
pub(crate) enum Refusal {
    Expected(Vec<UserError>),
    Unexpected(Box<dyn StdError + Send + Sync>),
}

impl Refusal {
    pub(crate) fn unexpected(error: impl StdError + Send + Sync + 'static) -> Self {
        Self::Unexpected(Box::new(error))
    }

    /// Of a command about the thing that the input's `field` names.
    pub(crate) fn of_command<E: DomainRefusal>(error: DispatchError<E>, field: &str) -> Self {
        let message = error.to_string();
        let expected = match error {
            DispatchError::Rejected(refused) => return Self::of_domain(refused, field),
            DispatchError::NotFound => UserError::not_found(field, E::NOUN),
            DispatchError::Conflict => UserError::of_request("CONFLICT", message),
            DispatchError::Busy => UserError::of_request("BUSY", message),
            DispatchError::Unknown(source) => {
                tracing::warn!(
                    error = &source as &dyn StdError,
                    "it is not known whether a command was saved"
                );
                UserError::of_request("UNKNOWN_OUTCOME", message)
            }
            other @ (DispatchError::Store(_) | DispatchError::Load(_)) => {
                return Self::unexpected(other);
            }
        };
        expected.into()
    }

    /// Of what the domain refused about the thing that the input's `field` names.
    pub(crate) fn of_domain<E: DomainRefusal>(refused: E, field: &str) -> Self {
        match refused.code() {
            Some(code) => UserError::new(field, code, refused.to_string()).into(),
            None => Self::unexpected(refused),
        }
    }
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        Self::Expected(vec![error])
    }
}

/// An aggregate's refusals, as clients know them.
pub(crate) trait DomainRefusal: StdError + Send + Sync + 'static {
    const NOUN: &'static str;

    /// None for what no client can cause.
    fn code(&self) -> Option<&'static str>;
}

impl DomainRefusal for VideoError {
    const NOUN: &'static str = "video";

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::NotFound => Some("NOT_FOUND"),
            Self::Deleted => Some("DELETED"),
            Self::AlreadyReady => Some("ALREADY_READY"),
            Self::NotRetryable => Some("NOT_RETRYABLE"),
            Self::Incomplete { .. } => None,
        }
    }
}

impl DomainRefusal for SeriesError {
    const NOUN: &'static str = "series";

    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound => "NOT_FOUND",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
        })
    }
}

impl DomainRefusal for InboxError {
    const NOUN: &'static str = "inbox";

    fn code(&self) -> Option<&'static str> {
        match self {
            Self::TooMany { .. } => Some("INVALID"),
        }
    }
}

impl DomainRefusal for ProjectionError {
    const NOUN: &'static str = "projection";

    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::AlreadyRebuilding { .. } | Self::AlreadyRollingBack { .. } => "IN_PROGRESS",
            Self::NotRebuilding | Self::NothingToCancel => "NOT_IN_PROGRESS",
            Self::NoPrevious => "NO_PREVIOUS",
        })
    }
}

/// A query's refusal: `extensions` name the argument and the reason.
pub(crate) fn refused(field: &str, code: &str, message: impl Into<String>) -> Error {
    let error = coded(code, &message.into());
    error.extend_with(|_, extensions| extensions.set("field", field))
}

/// Of a request as a whole, that was never executed or not to its end.
pub(crate) fn of_request(error: Error) -> ServerError {
    ServerError {
        extensions: error.extensions,
        ..ServerError::new(error.message, None)
    }
}

pub(crate) fn coded(code: &str, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// Logs what nobody expected, and answers without its insides.
pub(crate) fn unexpected(correlation_id: Uuid, error: &(dyn StdError + 'static)) -> Error {
    tracing::error!(%correlation_id, error, "a request failed unexpectedly");
    internal(correlation_id)
}

/// The answer for what was logged under `correlation_id`.
pub(crate) fn internal(correlation_id: Uuid) -> Error {
    let message = format!(
        "something went wrong on our side; try again, and if it stays so look for \
         {correlation_id} in the program's log"
    );
    coded("INTERNAL", &message).extend_with(|_, extensions| {
        extensions.set("correlationId", correlation_id.to_string());
    })
}
