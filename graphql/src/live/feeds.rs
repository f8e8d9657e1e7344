//! One look at the read model for everyone who follows the same person's things.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::{Client, Subscriber};
use domain::UserId;
use event_store::Position;
use futures::{FutureExt, StreamExt};
use projections::notification::{NOTIFICATIONS, NotificationQueries, NotificationView};
use projections::series::{SERIES, SeriesQueries, SeriesView};
use projections::video::{VIDEOS, VideoQueries, VideoView};
use projections::{Change, Subjects};
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often to look without a hint: one may be lost, and so may a connection.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Changes read at a time.
pub(super) const PAGE: u16 = 100;
/// Changes that a slow client may be behind before it reads for itself.
const BUFFERED: usize = 128;
/// How long the server may take to take note that hints are wanted; later ones
/// are missed until the next look.
pub(super) const NOTED_WITHIN: Duration = Duration::from_secs(1);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// A read model whose rows can be followed.
pub(crate) trait Followed: Clone + Send + Sync + 'static {
    type View: Send + Sync + 'static;
    /// As hints call it.
    const NOUN: &'static str;

    fn changes_after(
        &self,
        viewer: UserId,
        after: Position,
        limit: u16,
    ) -> impl Future<Output = sqlx::Result<Vec<Change<Self::View>>>> + Send;

    fn count_after(
        &self,
        viewer: UserId,
        after: Position,
        most: u16,
    ) -> impl Future<Output = sqlx::Result<u64>> + Send;

    /// What the rows reflect at this moment.
    fn position(&self) -> impl Future<Output = sqlx::Result<Option<Position>>> + Send;
}

macro_rules! followed {
    ($queries:ty, $view:ty, $noun:expr) => {
        impl Followed for $queries {
            type View = $view;
            const NOUN: &'static str = $noun;

            async fn changes_after(
                &self,
                viewer: UserId,
                after: Position,
                limit: u16,
            ) -> sqlx::Result<Vec<Change<$view>>> {
                self.changes_after(viewer, after, limit).await
            }

            async fn count_after(
                &self,
                viewer: UserId,
                after: Position,
                most: u16,
            ) -> sqlx::Result<u64> {
                self.count_after(viewer, after, most).await
            }

            async fn position(&self) -> sqlx::Result<Option<Position>> {
                self.position().await
            }
        }
    };
}

followed!(VideoQueries, VideoView, VIDEOS);
followed!(SeriesQueries, SeriesView, SERIES);
followed!(NotificationQueries, NotificationView, NOTIFICATIONS);

pub(crate) type Changes<V> = broadcast::Receiver<Arc<Change<V>>>;

/// The followed things of everyone, by owner.
pub(crate) struct Feeds<Q: Followed> {
    shared: Arc<Shared<Q>>,
}

struct Shared<Q: Followed> {
    queries: Q,
    nats: Client,
    subjects: Subjects,
    owners: Mutex<HashMap<UserId, Owner<Q::View>>>,
}

struct Owner<V> {
    changes: broadcast::Sender<Arc<Change<V>>>,
    /// Where the look has begun, from which on nothing is left out.
    began: watch::Receiver<bool>,
}

impl<Q: Followed> Clone for Feeds<Q> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<Q: Followed> Feeds<Q> {
    pub(crate) fn new(queries: Q, nats: Client, subjects: Subjects) -> Self {
        Self {
            shared: Arc::new(Shared {
                queries,
                nats,
                subjects,
                owners: Mutex::default(),
            }),
        }
    }

    pub(crate) fn queries(&self) -> &Q {
        &self.shared.queries
    }

    /// Everything of `owner` that changes from now on, once it is certain that
    /// nothing is left out. It ends only with the program.
    pub(crate) async fn attach(&self, owner: UserId) -> Changes<Q::View> {
        loop {
            let (changes, mut began) = self.shared.attach(owner);
            if began.wait_for(|began| *began).await.is_ok() {
                return changes;
            }
        }
    }
}

impl<Q: Followed> Shared<Q> {
    fn attach(self: &Arc<Self>, owner: UserId) -> (Changes<Q::View>, watch::Receiver<bool>) {
        let mut owners = self.owners();
        let known = owners.entry(owner).or_insert_with(|| {
            let (changes, _) = broadcast::channel(BUFFERED);
            let (begun, began) = watch::channel(false);
            let look = Arc::clone(self).look(owner, changes.clone(), begun);
            tokio::spawn(look);
            Owner { changes, began }
        });
        (known.changes.subscribe(), known.began.clone())
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<UserId, Owner<Q::View>>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks on until nobody follows.
    async fn look(
        self: Arc<Self>,
        owner: UserId,
        changes: broadcast::Sender<Arc<Change<Q::View>>>,
        begun: watch::Sender<bool>,
    ) {
        let mut hints = self.hints(owner).await;
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let mut at = None;
        loop {
            if let Err(error) = self.look_once(owner, &mut at, &changes).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what subscriptions follow could not be read; trying again"
                );
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                continue;
            }
            if at.is_some() {
                begun.send_replace(true);
            } else {
                // Nothing was ever projected.
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                continue;
            }
            tokio::select! {
                hint = hints.next() => match hint {
                    // Many hints, one look.
                    Some(_) => while hints.next().now_or_never().flatten().is_some() {},
                    None => {
                        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                        hints = self.hints(owner).await;
                    }
                },
                _ = look.tick() => {
                    let mut owners = self.owners();
                    if changes.receiver_count() == 0 {
                        owners.remove(&owner);
                        return;
                    }
                }
            }
        }
    }

    /// Everything after `at`, which then is where it ended.
    async fn look_once(
        &self,
        owner: UserId,
        at: &mut Option<Position>,
        changes: &broadcast::Sender<Arc<Change<Q::View>>>,
    ) -> sqlx::Result<()> {
        let Some(from) = at else {
            *at = self.queries.position().await?;
            return Ok(());
        };
        loop {
            let page = self.queries.changes_after(owner, *from, PAGE).await?;
            let is_last = page.len() < usize::from(PAGE);
            for change in page {
                *from = change.position;
                // Without followers there is nobody to tell.
                let _ = changes.send(Arc::new(change));
            }
            if is_last {
                return Ok(());
            }
        }
    }

    async fn hints(&self, owner: UserId) -> Subscriber {
        let subject = self.subjects.any_changed(Q::NOUN, owner);
        loop {
            match self.nats.subscribe(subject.clone()).await {
                Ok(hints) => {
                    let _ = timeout(NOTED_WITHIN, self.nats.flush()).await;
                    return hints;
                }
                Err(error) => {
                    tracing::warn!(%error, "hints of changes cannot be followed; trying again");
                    tokio::time::sleep(PAUSE_AFTER_ERROR).await;
                }
            }
        }
    }
}
