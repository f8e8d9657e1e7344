use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};
use projections::Change;
use projections::notification::NotificationView;

use super::types::{Notification, unread_count};
use crate::context::Asking;
use crate::live::{Live, changes_from, position_after};
use crate::reading::{OrUnexpected, log_start};

/// A change of your inbox.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct InboxChange {
    /// What came or was read, as it is now; null when some went.
    notification: Option<Notification>,
    /// A video that was deleted: all that you were told of it has gone with it.
    /// Null when something came or was read.
    deleted_video_id: Option<ID>,
    /// The last event that this shows. Subscribe with it as `after` to go on
    /// from here.
    position: String,
}

#[ComplexObject]
impl InboxChange {
    /// How many are unread at this moment.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64> {
        unread_count(ctx).await
    }
}

impl From<&Change<NotificationView>> for InboxChange {
    fn from(change: &Change<NotificationView>) -> Self {
        let view = change.view.as_ref();
        Self {
            notification: view.map(|view| Arc::clone(view).into()),
            deleted_video_id: view.is_none().then(|| change.id.to_string().into()),
            position: change.position.to_string(),
        }
    }
}

#[derive(Default)]
pub(crate) struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// Your inbox, as it changes from now on: each notification that comes, or is
    /// read here or elsewhere. With `after`, also what changed since that
    /// position: nothing is missed between two subscriptions. What is there is
    /// read by the query of the same name.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last position that an earlier subscription gave.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<InboxChange>> + use<>> {
        let viewer = ctx.viewer()?;
        let feeds = &ctx.data_unchecked::<Live>().notifications;
        let inbox = feeds.queries();
        let at = match after {
            Some(after) => position_after(ctx, inbox, viewer, &after).await?,
            None => match inbox.position().await.or_unexpected(ctx)? {
                Some(at) => at,
                None => log_start(ctx).await?,
            },
        };
        let changes = changes_from(feeds, viewer, None, at).await.into_stream();
        Ok(changes.map(|change| Ok(InboxChange::from(&*change))))
    }
}
