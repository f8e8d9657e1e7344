//! All of a viewer's videos, followed.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject};
use domain::UserId;
use futures::{Stream, StreamExt};
use projections::video::{VideoFilter, VideoView};
use projections::{Change, PageRequest};

use super::Video;
use crate::live::{Live, changes_from, position_after, snapshot_then_changes};
use crate::reading::{OrUnexpected, log_start};

/// Videos that a subscription begins with.
const NEWEST: PageRequest = PageRequest {
    limit: 20,
    after: None,
};

/// A video as it is now.
#[derive(SimpleObject)]
pub(crate) struct VideoChange {
    video_id: ID,
    /// Null when it was deleted.
    video: Option<Video>,
    /// The last event that this shows. Subscribe with it as `after` to go on
    /// from here.
    position: String,
}

impl From<&Change<VideoView>> for VideoChange {
    fn from(change: &Change<VideoView>) -> Self {
        Self {
            video_id: change.id.to_string().into(),
            video: change.view.as_ref().map(|view| Arc::clone(view).into()),
            position: change.position.to_string(),
        }
    }
}

/// What changed after `after`, or the newest as they are; then each change,
/// without end.
pub(super) async fn follow(
    ctx: &Context<'_>,
    viewer: UserId,
    filter: VideoFilter,
    after: Option<String>,
) -> Result<impl Stream<Item = Result<VideoChange>> + use<>> {
    let feeds = &ctx.data_unchecked::<Live>().videos;
    let videos = feeds.queries();
    let feed = match after {
        Some(after) => {
            let after = position_after(ctx, videos, viewer, &after).await?;
            changes_from(feeds, viewer, filter.series, after).await
        }
        None => {
            let at = match videos.position().await.or_unexpected(ctx)? {
                Some(at) => at,
                None => log_start(ctx).await?,
            };
            let newest = videos.page(viewer, &filter, NEWEST).await;
            let newest = newest.or_unexpected(ctx)?.items;
            let newest = newest.into_iter().map(as_it_is).collect();
            snapshot_then_changes(feeds, viewer, filter.series, at, newest).await
        }
    };
    Ok(feed
        .into_stream()
        .map(|change| Ok(VideoChange::from(&*change))))
}

fn as_it_is(view: VideoView) -> Change<VideoView> {
    Change {
        id: view.id.0,
        series: view.series,
        position: view.position,
        view: Some(Arc::new(view)),
    }
}
