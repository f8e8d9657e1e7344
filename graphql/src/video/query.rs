use async_graphql::{Context, ID, Object, Result};
use domain::{SeriesId, VideoId};
use projections::video::{VIDEOS, VideoFilter};

use super::Video;
use super::listing::VideoTotal;
use super::stages::VideoStatus;
use crate::connection::{Page, page, page_cost, page_request};
use crate::context::Asking;
use crate::reading::{OrUnexpected, parse_id, reach};

#[derive(Default)]
pub(crate) struct VideoQuery;

#[Object]
impl VideoQuery {
    /// One video; null when there is none of yours by that id.
    async fn video(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Option<Video>> {
        let viewer = ctx.viewer()?;
        reach(ctx, VIDEOS, min_position).await?;
        let Some(id) = parse_id(&id) else {
            return Ok(None);
        };
        let found = ctx.api().videos().by_id(viewer, VideoId(id)).await;
        Ok(found.or_unexpected(ctx)?.map(Into::into))
    }

    /// Your videos, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[allow(clippy::too_many_arguments, reason = "they are the field's arguments")]
    async fn videos(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those of this series.")] series_id: Option<ID>,
        #[graphql(desc = "Only those that stand like this.")] status: Option<VideoStatus>,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Page<Video, VideoTotal>> {
        let viewer = ctx.viewer()?;
        let request = page_request(first, after.as_deref())?;
        reach(ctx, VIDEOS, min_position).await?;
        let filter = VideoFilter {
            series: series_id.as_ref().map(series_filter),
            status: status.map(Into::into),
        };
        let found = ctx.api().videos().page(viewer, &filter, request).await;
        Ok(page(
            found.or_unexpected(ctx)?,
            request,
            VideoTotal { filter },
        ))
    }
}

/// An id that is none belongs to no series, and so finds nothing.
pub(super) fn series_filter(id: &ID) -> SeriesId {
    SeriesId(parse_id(id).unwrap_or_default())
}
