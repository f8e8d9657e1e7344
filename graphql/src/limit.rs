//! How often people may have something made.

use accounts::{Limit, Limited};
use async_graphql::Context;

use crate::context::Asking;
use crate::error::{Refusal, UserError};

/// Counts one more for who asks, or refuses with when there may be. The owner and
/// admins are not counted.
pub(crate) async fn take(ctx: &Context<'_>, limit: Limit) -> Result<(), Refusal> {
    let viewer = ctx.person().map_err(Refusal::unexpected)?;
    if viewer.role.is_admin() {
        return Ok(());
    }
    let limits = ctx.api().accounts.limits();
    match limits.take(limit, &viewer.user.to_string()).await {
        Ok(()) => Ok(()),
        Err(limited @ Limited::Later { retry_after }) => {
            ctx.insert_http_header("retry-after", retry_after.as_secs().to_string());
            Err(UserError::of_request("RATE_LIMITED", limited.to_string()).into())
        }
        Err(error) => Err(Refusal::unexpected(error)),
    }
}
