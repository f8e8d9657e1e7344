//! Who is asking, and what they manage of their own account. Signing in and out
//! is not here: it sets cookies, so it has routes of its own (`http/auth`).

mod mutation;
mod query;
mod token;
pub(crate) mod types;

pub(crate) use mutation::AccountMutation;
pub(crate) use query::AccountQuery;
pub(crate) use token::AccessTokenMutation;

use accounts::{AccountError, Limited};
use domain::user::UserError;

use crate::error::{DomainRefusal, Refusal, UserError as Problem};

impl DomainRefusal for UserError {
    const NOUN: &'static str = "account";

    fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotFound | Self::Erased => "NOT_FOUND",
            Self::IsOwner | Self::OwnerIsPromoted => "IS_OWNER",
        })
    }
}

/// Of what was asked about the thing that the input's `field` names.
pub(crate) fn refusal(error: AccountError, field: &str) -> Refusal {
    use accounts::Refused;
    match error {
        AccountError::Refused(refused) => {
            let (field, code) = match refused {
                Refused::CurrentPassword | Refused::Credentials => {
                    ("currentPassword", "WRONG_PASSWORD")
                }
                Refused::NotFound => (field, "NOT_FOUND"),
                Refused::Link
                | Refused::Session
                | Refused::AccessToken
                | Refused::UnverifiedIdentity => (field, "REFUSED"),
            };
            Problem::new(field, code, refused.to_string()).into()
        }
        AccountError::Invalid(invalid) => Problem::invalid(invalid.field, &invalid).into(),
        AccountError::User(refused) => Refusal::of_domain(refused, field),
        AccountError::Limited(limited @ Limited::Later { .. }) => {
            Problem::new(field, "RATE_LIMITED", limited.to_string()).into()
        }
        AccountError::Overloaded(overloaded) => {
            Problem::new(field, "BUSY", overloaded.to_string()).into()
        }
        other => Refusal::unexpected(other),
    }
}
