use accounts::AccountError;
use domain::InvalidField;
use event_store::StoreError;
use integrations::mail::MailError;
use vault::VaultError;

use crate::webhook::MAX_ENDPOINTS;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    #[error("there is no such webhook endpoint or delivery of yours")]
    NotFound,
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    #[error("you have {MAX_ENDPOINTS} webhook endpoints, which is the limit; delete one first")]
    TooMany,
    #[error("the webhook endpoint is disabled; enable it first")]
    Disabled,
    #[error("the notifications cannot be read or written")]
    Database(#[from] sqlx::Error),
    #[error("what is sealed cannot be used")]
    Vault(#[from] VaultError),
    #[error("the account cannot be read")]
    Account(#[from] AccountError),
    #[error("the mail was not sent")]
    Mail(#[from] MailError),
    #[error("the log could not be read")]
    Store(#[from] StoreError),
}
