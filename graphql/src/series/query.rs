use async_graphql::{Context, ID, Object, Result};
use domain::SeriesId;
use projections::series::SERIES;

use super::Series;
use crate::connection::{Page, page, page_cost, page_request};
use crate::context::Asking;
use crate::reading::{OrUnexpected, parse_id, reach};

#[derive(Default)]
pub(crate) struct SeriesQuery;

#[Object]
impl SeriesQuery {
    /// One series; null when there is none of yours by that id.
    async fn series(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Option<Series>> {
        let viewer = ctx.viewer()?;
        reach(ctx, SERIES, min_position).await?;
        let Some(id) = parse_id(&id) else {
            return Ok(None);
        };
        let found = ctx.api().series().by_id(viewer, SeriesId(id)).await;
        Ok(found.or_unexpected(ctx)?.map(Into::into))
    }

    /// Your series, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn series_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(default_with = "Some(false)", desc = "Those that were put away too.")]
        include_archived: Option<bool>,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Page<Series, SeriesTotal>> {
        let viewer = ctx.viewer()?;
        let request = page_request(first, after.as_deref())?;
        reach(ctx, SERIES, min_position).await?;
        let include_archived = include_archived.unwrap_or(false);
        let series = ctx.api().series();
        let found = series.page(viewer, include_archived, request).await;
        let total = SeriesTotal { include_archived };
        Ok(page(found.or_unexpected(ctx)?, request, total))
    }
}

pub(crate) struct SeriesTotal {
    include_archived: bool,
}

#[Object]
impl SeriesTotal {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        let viewer = ctx.viewer()?;
        let series = ctx.api().series();
        let count = series.count(viewer, self.include_archived).await;
        count.or_unexpected(ctx)
    }
}
