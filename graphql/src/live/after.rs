//! The position that a client goes on from.

use async_graphql::{Context, Result};
use domain::UserId;
use event_store::Position;

use super::Followed;
use crate::context::Asking;
use crate::error::{refused, unexpected};
use crate::reading::OrUnexpected;

/// Changes that a client may have missed and still go on.
const MOST_MISSED: u16 = 1_000;
const FIELD: &str = "after";

/// Reads `text`. Refuses what is no position (`INVALID`), of another log
/// (`OTHER_LOG`), past the end of this one (`UNKNOWN_POSITION`), or so far back
/// that reading afresh is cheaper (`RESYNC_REQUIRED`).
pub(crate) async fn position_after<Q: Followed>(
    ctx: &Context<'_>,
    queries: &Q,
    viewer: UserId,
    text: &str,
) -> Result<Position> {
    let after: Position = text.parse().map_err(|_| {
        let message = format!(
            "after: {text:?} is not a position; pass the last one that the subscription gave"
        );
        refused(FIELD, "INVALID", message)
    })?;
    let known = queries.position().await.or_unexpected(ctx)?;
    let reached = known.map(|known| known.has_reached(&after));
    if reached != Some(Some(true)) {
        // The view may lag; the log knows.
        let head = ctx.api().store.head().await;
        let head = head.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        match head.has_reached(&after) {
            Some(true) => {}
            Some(false) => {
                let message =
                    format!("after: the log ends before position {after}; drop it and read afresh");
                return Err(refused(FIELD, "UNKNOWN_POSITION", message));
            }
            None => {
                let message =
                    format!("after: position {after} is of another log; drop it and read afresh");
                return Err(refused(FIELD, "OTHER_LOG", message));
            }
        }
    }
    let missed = queries.count_after(viewer, after, MOST_MISSED + 1).await;
    if missed.or_unexpected(ctx)? > u64::from(MOST_MISSED) {
        let message = format!(
            "after: more than {MOST_MISSED} things have changed since; read them afresh, then \
             subscribe without `after`"
        );
        return Err(refused(FIELD, "RESYNC_REQUIRED", message));
    }
    Ok(after)
}
