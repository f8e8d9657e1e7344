//! All of a viewer's videos, followed.

use std::collections::{HashMap, VecDeque};

use async_graphql::{ID, Result, SimpleObject};
use async_nats::Subscriber;
use domain::{UserId, VideoId};
use event_store::Position;
use futures::StreamExt;
use futures::stream::{self, Stream};
use projections::PageRequest;
use projections::video::{VIDEOS, VideoFilter, VideoQueries, VideoView};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Video;
use super::progress::{FollowError, LOOK_EVERY};
use crate::Api;

/// Videos that a subscription begins with.
const NEWEST: PageRequest = PageRequest {
    limit: 20,
    after: None,
};
/// Videos that are looked at again without a hint.
const REMEMBERED: usize = 200;

/// A video as it is now.
#[derive(SimpleObject)]
pub(crate) struct VideoChange {
    video_id: ID,
    /// Null when it was deleted.
    video: Option<Video>,
    /// The last event that this shows.
    position: String,
}

pub(super) struct Changes {
    videos: VideoQueries,
    viewer: UserId,
    filter: VideoFilter,
    changed: Subscriber,
    look: Interval,
    /// How far the projection was when all was last looked at.
    looked_at: Option<Position>,
    /// What the client has seen of each video; none of a deleted one.
    shown: HashMap<VideoId, Option<Position>>,
    /// The same, the one that changed longest ago first.
    order: VecDeque<VideoId>,
    ready: VecDeque<VideoChange>,
}

/// Attaches first and reads then, so that nothing falls in between.
pub(super) async fn follow(
    api: &Api,
    viewer: UserId,
    filter: VideoFilter,
) -> std::result::Result<Changes, FollowError> {
    let changed = api.subjects.any_changed(VIDEOS, viewer);
    let changed = api.nats.subscribe(changed).await?;
    api.nats.flush().await?;
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look.reset();
    let mut changes = Changes {
        videos: api.videos(),
        viewer,
        filter,
        changed,
        look,
        looked_at: None,
        shown: HashMap::new(),
        order: VecDeque::new(),
        ready: VecDeque::new(),
    };
    changes.look_at_all().await?;
    Ok(changes)
}

impl Changes {
    /// The newest as they are now, then each change, without end.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<VideoChange>> {
        stream::unfold(self, async |mut changes| {
            let item = changes.next().await;
            Some((Ok(item), changes))
        })
    }

    async fn next(&mut self) -> VideoChange {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return change;
            }
            let looked = tokio::select! {
                Some(hint) = self.changed.next() => match hinted(&hint) {
                    Some(id) => self.look_at(&[id]).await,
                    None => Ok(()),
                },
                _ = self.look.tick() => self.look_at_all().await,
            };
            // The next look may find the database again.
            if let Err(error) = looked {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "followed videos could not be read"
                );
            }
        }
    }

    /// At the newest and at those shown, if anything changed: hints may be lost.
    async fn look_at_all(&mut self) -> sqlx::Result<()> {
        let at = self.videos.position().await?;
        if at.is_some() && at == self.looked_at {
            return Ok(());
        }
        let newest = self.videos.page(self.viewer, &self.filter, NEWEST).await?;
        let kept = self.shown.iter().filter(|(_, shown)| shown.is_some());
        let kept: Vec<VideoId> = kept.map(|(id, _)| *id).collect();
        for view in newest.items {
            self.notice(view);
        }
        self.look_at(&kept).await?;
        self.looked_at = at;
        Ok(())
    }

    async fn look_at(&mut self, ids: &[VideoId]) -> sqlx::Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let found = self.videos.by_ids(self.viewer, ids).await?;
        let gone: Vec<VideoId> = ids
            .iter()
            .copied()
            .filter(|id| !found.iter().any(|view| view.id == *id))
            .collect();
        for view in found {
            self.notice(view);
        }
        if gone.is_empty() {
            return Ok(());
        }
        // A deleted row has no position of its own.
        if let Some(at) = self.videos.position().await? {
            for id in gone {
                self.notice_gone(id, at);
            }
        }
        Ok(())
    }

    fn notice(&mut self, view: VideoView) {
        let wanted = self.filter.series.is_none() || self.filter.series == view.series;
        if wanted && self.remember(view.id, Some(view.position)) {
            self.ready.push_back(VideoChange {
                video_id: view.id.to_string().into(),
                position: view.position.to_string(),
                video: Some(view.into()),
            });
        }
    }

    /// Whose series it was is no longer known, so every follower hears of it.
    fn notice_gone(&mut self, id: VideoId, at: Position) {
        if self.remember(id, None) {
            self.ready.push_back(VideoChange {
                video_id: id.to_string().into(),
                position: at.to_string(),
                video: None,
            });
        }
    }

    /// False when the client has seen just that.
    fn remember(&mut self, id: VideoId, seen: Option<Position>) -> bool {
        if self.shown.insert(id, seen) == Some(seen) {
            return false;
        }
        self.order.retain(|known| *known != id);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.shown.remove(&oldest);
        }
        true
    }
}

/// The video that a hint is about: the last part of its subject.
fn hinted(hint: &async_nats::Message) -> Option<VideoId> {
    hint.subject.rsplit('.').next()?.parse().ok()
}
