use async_graphql::{Context, Object, Result};
use projections::notification::{NOTIFICATIONS, NotificationFilter};

use super::types::{Notification, NotificationTotal};
use crate::connection::{Page, page, page_cost, page_request};
use crate::context::Asking;
use crate::reading::{OrUnexpected, reach};

#[derive(Default)]
pub(crate) struct NotificationQuery;

#[Object]
impl NotificationQuery {
    /// Your inbox, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(
            default_with = "Some(false)",
            desc = "Only those that you have not read."
        )]
        unread_only: Option<bool>,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Page<Notification, NotificationTotal>> {
        let viewer = ctx.viewer()?;
        let request = page_request(first, after.as_deref())?;
        reach(ctx, NOTIFICATIONS, min_position).await?;
        let filter = NotificationFilter {
            unread_only: unread_only.unwrap_or(false),
        };
        let notifications = ctx.api().notifications();
        let found = notifications.page(viewer, filter, request).await;
        let total = NotificationTotal { filter };
        Ok(page(found.or_unexpected(ctx)?, request, total))
    }
}
