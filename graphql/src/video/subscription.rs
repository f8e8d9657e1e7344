use async_graphql::{Context, ID, Result, Subscription};
use domain::VideoId;
use futures::Stream;
use projections::video::VideoFilter;

use super::changes::{self, VideoChange};
use super::progress::{self, VideoProgress};
use super::query::series_filter;
use crate::context::Asking;
use crate::error::{refused, unexpected};
use crate::reading::parse_id;

#[derive(Default)]
pub(crate) struct VideoSubscription;

#[Subscription]
impl VideoSubscription {
    /// One video: at once as it is now, then each change and each step within a
    /// stage, the latest when several come together. Completes when it is ready,
    /// failed or cancelled.
    async fn video_progress(
        &self,
        ctx: &Context<'_>,
        id: ID,
    ) -> Result<impl Stream<Item = Result<VideoProgress>> + use<>> {
        let viewer = ctx.viewer()?;
        let feed = match parse_id(&id) {
            Some(id) => progress::follow(ctx.api(), viewer, VideoId(id)).await,
            None => Ok(None),
        };
        let feed = feed.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        let feed = feed.ok_or_else(|| refused("id", "NOT_FOUND", "there is no such video"))?;
        Ok(feed.into_stream())
    }

    /// Your videos, or those of one series: the newest 20 as they are now, then
    /// each that changes, appears or is deleted.
    async fn videos(
        &self,
        ctx: &Context<'_>,
        series_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<VideoChange>> + use<>> {
        let filter = VideoFilter {
            series: series_id.as_ref().map(series_filter),
            status: None,
        };
        let changes = changes::follow(ctx.api(), ctx.viewer()?, filter).await;
        let changes = changes.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(changes.into_stream())
    }
}
