//! One subscription's way through the changes: read what was missed, then take
//! what comes, and read again when that was too fast.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use domain::{SeriesId, UserId};
use event_store::Position;
use futures::stream::{self, Stream};
use projections::Change;
use tokio::sync::broadcast::error::RecvError;

use super::feeds::{Changes, Feeds, Followed, PAGE};

const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// Every change of `viewer`'s things after a position.
pub(crate) struct Feed<Q: Followed> {
    feeds: Feeds<Q>,
    viewer: UserId,
    /// Only those of this series.
    series: Option<SeriesId>,
    /// Up to which all was handed on.
    at: Position,
    changes: Changes<Q::View>,
    /// Read, and not handed on yet.
    read: VecDeque<Arc<Change<Q::View>>>,
    is_live: bool,
}

/// Every change after `after`, each thing as it is when it is read.
pub(crate) async fn changes_from<Q: Followed>(
    feeds: &Feeds<Q>,
    viewer: UserId,
    series: Option<SeriesId>,
    after: Position,
) -> Feed<Q> {
    Feed {
        changes: feeds.attach(viewer).await,
        feeds: feeds.clone(),
        viewer,
        series,
        at: after,
        read: VecDeque::new(),
        is_live: false,
    }
}

/// What there is of `snapshot` as of `at`, then every change after that. Sorted
/// by position, so that a client that saw a part can go on from its last.
pub(crate) async fn snapshot_then_changes<Q: Followed>(
    feeds: &Feeds<Q>,
    viewer: UserId,
    series: Option<SeriesId>,
    at: Position,
    snapshot: Vec<Change<Q::View>>,
) -> Feed<Q> {
    let mut feed = changes_from(feeds, viewer, series, at).await;
    // What changed since is read again, in its place.
    let mut snapshot: Vec<_> = snapshot
        .into_iter()
        .filter(|change| change.position.value <= at.value)
        .map(Arc::new)
        .collect();
    snapshot.sort_by_key(|change| change.position.value);
    feed.read = snapshot.into();
    feed
}

impl<Q: Followed> Feed<Q> {
    /// Without end.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Arc<Change<Q::View>>> {
        stream::unfold(self, async |mut feed| {
            let change = feed.next().await;
            Some((change, feed))
        })
    }

    pub(crate) async fn next(&mut self) -> Arc<Change<Q::View>> {
        loop {
            if let Some(change) = self.read.pop_front() {
                return change;
            }
            if !self.is_live {
                self.read_on().await;
                continue;
            }
            match self.changes.recv().await {
                Ok(change) if change.position.value > self.at.value => {
                    self.at = change.position;
                    if self.wants(&change) {
                        return change;
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.is_live = false,
                Err(RecvError::Closed) => {
                    self.changes = self.feeds.attach(self.viewer).await;
                    self.is_live = false;
                }
            }
        }
    }

    async fn read_on(&mut self) {
        let queries = self.feeds.queries();
        match queries.changes_after(self.viewer, self.at, PAGE).await {
            Ok(page) => {
                self.is_live = page.len() < usize::from(PAGE);
                for change in page {
                    self.at = change.position;
                    if self.wants(&change) {
                        self.read.push_back(Arc::new(change));
                    }
                }
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what a subscription missed could not be read; trying again"
                );
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }

    fn wants(&self, change: &Change<Q::View>) -> bool {
        self.series.is_none() || self.series == change.series
    }
}

#[cfg(test)]
mod tests;
