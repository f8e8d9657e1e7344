use commands::DispatchError;
use domain::InvalidField;
use domain::access_token::AccessTokenError;
use domain::session::SessionError;
use domain::user::UserError;
use integrations::mail::MailError;
use integrations::media::MediaError;
use vault::VaultError;

use crate::{Limited, Overloaded};

/// Why somebody was not let in, or not let do something. Says nothing of whether
/// there is such an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("e-mail address or password is wrong")]
    Credentials,
    #[error("the current password is wrong")]
    CurrentPassword,
    #[error("this link was used, has expired, or was never sent; ask for a new one")]
    Link,
    #[error("sign in again")]
    Session,
    #[error("the access token is unknown, was revoked, or has expired")]
    AccessToken,
    #[error(
        "the other provider does not say that the e-mail address is yours; verify it there first, or sign up with a password"
    )]
    UnverifiedIdentity,
    #[error("there is no such account, session or token of yours")]
    NotFound,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    #[error(transparent)]
    Limited(#[from] Limited),
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    #[error(transparent)]
    User(UserError),
    #[error("the accounts cannot be read or written")]
    Database(#[from] sqlx::Error),
    #[error("what is sealed cannot be used")]
    Vault(#[from] VaultError),
    #[error("the log could not say what happened")]
    Log(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the mail was not sent")]
    Mail(#[from] MailError),
    #[error("the media store cannot be used")]
    Media(#[from] MediaError),
}

impl From<DispatchError<UserError>> for AccountError {
    fn from(error: DispatchError<UserError>) -> Self {
        match error {
            DispatchError::Rejected(refused) => Self::User(refused),
            DispatchError::NotFound => Self::User(UserError::NotFound),
            other => Self::Log(Box::new(other)),
        }
    }
}

impl From<DispatchError<SessionError>> for AccountError {
    fn from(error: DispatchError<SessionError>) -> Self {
        Self::Log(Box::new(error))
    }
}

impl From<DispatchError<AccessTokenError>> for AccountError {
    fn from(error: DispatchError<AccessTokenError>) -> Self {
        Self::Log(Box::new(error))
    }
}
