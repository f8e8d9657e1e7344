//! What queries share: ids as clients write them, and reading one's own writes.

use std::time::Duration;

use async_graphql::{Context, Error, ID, Result};
use event_store::Position;
use projections::Lagging;
use uuid::Uuid;

use crate::context::Asking;
use crate::error::{refused, unexpected};

/// How long a reader waits for a projection to catch up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn parse_id(id: &ID) -> Option<Uuid> {
    id.parse().ok()
}

/// Waits until `projection` reflects the position that the client names.
pub(crate) async fn reach(
    ctx: &Context<'_>,
    projection: &'static str,
    min_position: Option<String>,
) -> Result<()> {
    let Some(text) = min_position else {
        return Ok(());
    };
    let wanted: Position = text
        .parse()
        .map_err(|_| refused("minPosition", "INVALID", not_a_position(&text)))?;
    let watermarks = &ctx.api().watermarks;
    match watermarks.wait_for(projection, wanted, PATIENCE).await {
        Ok(()) => Ok(()),
        Err(error @ Lagging::Timeout { .. }) => {
            Err(refused("minPosition", "STALE", error.to_string()))
        }
        Err(error @ Lagging::OtherEpoch { .. }) => {
            Err(refused("minPosition", "OTHER_LOG", error.to_string()))
        }
        Err(error @ Lagging::Database(_)) => Err(unexpected(ctx.correlation_id(), &error)),
    }
}

/// Before anything was ever projected.
pub(crate) async fn log_start(ctx: &Context<'_>) -> Result<Position> {
    let start = ctx.api().store.start().await;
    start.map_err(|error| unexpected(ctx.correlation_id(), &error))
}

fn not_a_position(text: &str) -> String {
    format!("minPosition: {text:?} is not a position; pass one that a mutation or query gave")
}

/// Turns a failed read into the answer for it.
pub(crate) trait OrUnexpected<T> {
    fn or_unexpected(self, ctx: &Context<'_>) -> Result<T>;
}

impl<T, E: std::error::Error + 'static> OrUnexpected<T> for Result<T, E> {
    fn or_unexpected(self, ctx: &Context<'_>) -> Result<T> {
        self.map_err(|error| -> Error { unexpected(ctx.correlation_id(), &error) })
    }
}
