use async_graphql::{Context, Object, Result};

use super::types::Me;
use crate::context::Asking;
use crate::error::unexpected;

#[derive(Default)]
pub(crate) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// Who is asking.
    async fn me(&self, ctx: &Context<'_>) -> Result<Me> {
        let viewer = ctx.person()?.clone();
        let account = ctx.api().accounts.account(viewer.user).await;
        let account = account.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(Me { viewer, account })
    }
}
