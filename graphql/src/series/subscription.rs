use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription};
use domain::UserId;
use futures::{Stream, StreamExt};
use projections::series::SeriesView;
use projections::{Change, PageRequest};

use super::Series;
use crate::context::Asking;
use crate::live::{Feed, Live, changes_from, position_after, snapshot_then_changes};
use crate::reading::{OrUnexpected, log_start};

/// Series that a subscription begins with.
const NEWEST: PageRequest = PageRequest {
    limit: 20,
    after: None,
};

/// A series as it is now.
#[derive(SimpleObject)]
pub(crate) struct SeriesChange {
    series_id: ID,
    series: Series,
    /// The last event that this shows. Subscribe with it as `after` to go on
    /// from here.
    position: String,
}

#[derive(Default)]
pub(crate) struct SeriesSubscription;

#[Subscription]
impl SeriesSubscription {
    /// Your series: the newest 20 as they are now, then each that is created,
    /// changed or archived. With `after`, instead of the newest, each that
    /// changed after that position: nothing is missed between two subscriptions.
    async fn series_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last position that an earlier subscription gave.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<SeriesChange>> + use<>> {
        let changes = follow(ctx, ctx.viewer()?, after).await?.into_stream();
        Ok(changes.filter_map(async |change| shown(&change).map(Ok)))
    }
}

async fn follow(
    ctx: &Context<'_>,
    viewer: UserId,
    after: Option<String>,
) -> Result<Feed<projections::series::SeriesQueries>> {
    let feeds = &ctx.data_unchecked::<Live>().series;
    let series = feeds.queries();
    if let Some(after) = after {
        let after = position_after(ctx, series, viewer, &after).await?;
        return Ok(changes_from(feeds, viewer, None, after).await);
    }
    let at = match series.position().await.or_unexpected(ctx)? {
        Some(at) => at,
        None => log_start(ctx).await?,
    };
    let newest = series.page(viewer, false, NEWEST).await;
    let newest = newest.or_unexpected(ctx)?.items;
    let newest = newest.into_iter().map(as_it_is).collect();
    Ok(snapshot_then_changes(feeds, viewer, None, at, newest).await)
}

fn as_it_is(view: SeriesView) -> Change<SeriesView> {
    Change {
        id: view.id.0,
        series: Some(view.id),
        position: view.position,
        view: Some(Arc::new(view)),
    }
}

/// Series are archived, never deleted.
fn shown(change: &Change<SeriesView>) -> Option<SeriesChange> {
    let view = change.view.as_ref()?;
    Some(SeriesChange {
        series_id: change.id.to_string().into(),
        series: Arc::clone(view).into(),
        position: change.position.to_string(),
    })
}
