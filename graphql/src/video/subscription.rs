use async_graphql::{Context, ID, Result, Subscription};
use domain::VideoId;
use futures::Stream;
use projections::video::VideoFilter;

use super::changes::{self, VideoChange};
use super::progress::{self, VideoProgress};
use super::query::series_filter;
use crate::context::Asking;
use crate::error::refused;
use crate::reading::parse_id;

#[derive(Default)]
pub(crate) struct VideoSubscription;

#[Subscription]
impl VideoSubscription {
    /// One video: at once as it is now, then each change and each step within a
    /// stage, the latest when several come together. Completes when it is ready,
    /// failed or cancelled. With `after`, what it is now is left out if it has
    /// not changed after that position.
    async fn video_progress(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "The last position that an earlier subscription gave.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<VideoProgress>> + use<>> {
        let viewer = ctx.viewer()?;
        let Some(id) = parse_id(&id) else {
            return Err(refused("id", "NOT_FOUND", "there is no such video"));
        };
        let feed = progress::follow(ctx, viewer, VideoId(id), after).await?;
        Ok(feed.into_stream())
    }

    /// Your videos, or those of one series: the newest 20 as they are now, then
    /// each that changes, appears or is deleted. With `after`, instead of the
    /// newest, each that changed after that position, in the order of their last
    /// changes: nothing is missed between two subscriptions.
    async fn videos(
        &self,
        ctx: &Context<'_>,
        series_id: Option<ID>,
        #[graphql(desc = "The last position that an earlier subscription gave.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<VideoChange>> + use<>> {
        let filter = VideoFilter {
            series: series_id.as_ref().map(series_filter),
            status: None,
        };
        changes::follow(ctx, ctx.viewer()?, filter, after).await
    }
}
