//! Events themselves, as admins and analysts read them: looked up, followed,
//! replayed. Nothing here interprets what an event says; what is sealed in it
//! stays sealed.

pub(crate) mod envelope;
pub(crate) mod feed;
mod query;
pub(crate) mod selection;
mod subscription;
mod types;

pub(crate) use query::EventQuery;
pub(crate) use subscription::EventSubscription;

use async_graphql::{Context, Error};
use event_store::StoreError;

use crate::context::Asking;
use crate::error::{refused, unexpected};

/// A position of a client's that is of no use here, and why; the code is
/// `OTHER_LOG` or `BEYOND_HEAD`.
pub(crate) fn refused_position(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::OtherEpoch { .. } => Some("OTHER_LOG"),
        StoreError::BeyondHead { .. } => Some("BEYOND_HEAD"),
        StoreError::Corrupt { .. } | StoreError::Unavailable { .. } => None,
    }
}

/// Of a read from the position in the argument `field`.
fn failed(ctx: &Context<'_>, field: &str, error: &StoreError) -> Error {
    match (refused_position(error), error) {
        (Some(code), _) => refused(field, code, format!("{field}: {error}")),
        (None, StoreError::Corrupt { .. }) => refused(field, "CORRUPT", error.to_string()),
        (None, _) => unexpected(ctx.correlation_id(), error),
    }
}
