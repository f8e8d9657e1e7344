//! Webhooks: people's endpoints, and what became of the messages to them.

mod mutation;
mod query;
mod sending;
mod types;

pub(crate) use mutation::WebhookMutation;
pub(crate) use query::WebhookQuery;
pub(crate) use sending::WebhookSendingMutation;

use notifications::NotificationError;

use crate::error::{Refusal, UserError};

/// What clients are told of it; `field` names the input that it is about.
fn refusal(error: NotificationError, field: &str) -> Refusal {
    let message = error.to_string();
    match error {
        NotificationError::NotFound => UserError::new(field, "NOT_FOUND", message).into(),
        NotificationError::Invalid(invalid) => UserError::invalid(invalid.field, &invalid).into(),
        NotificationError::TooMany => UserError::of_request("TOO_MANY", message).into(),
        NotificationError::Disabled => UserError::new(field, "DISABLED", message).into(),
        other => Refusal::unexpected(other),
    }
}
