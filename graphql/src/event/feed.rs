//! The log from one position on, a page at a time: every event that is wanted
//! once and in order, up to where the log ended or on for ever.
//!
//! It is a position and nothing else: between pages it holds no connection, no
//! snapshot and no event. Whatever reaches a client past its own read models
//! comes through here, so what is another owner's is left out here.

use std::sync::Arc;
use std::time::Duration;

use domain::UserId;
use event_store::{EventStore, Filter, Page, Position, RawEvent, StoreError};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Events that are looked at at once.
const PAGE_EVENTS: usize = 1_000;
/// Hints may be lost.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a follower is kept waiting before it is told that nothing came.
const QUIET: Duration = Duration::from_secs(15);
/// How long the store may be away before a feed gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Start,
    /// Only what is new from now on.
    End,
    Position(Position),
}

/// What is wanted of the log.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) after: After,
    pub(crate) filter: Filter,
    /// Go on for ever; otherwise up to where the log ends now.
    pub(crate) follow: bool,
}

pub(crate) struct Feed {
    store: Arc<dyn EventStore>,
    hints: watch::Receiver<u64>,
    filter: Filter,
    /// Whose events are told; none for everyone's.
    owner: Option<UserId>,
    at: Position,
    head: Position,
    until: Option<Position>,
    /// All there was has been read.
    is_live: bool,
    quiet: Duration,
}

/// What came next.
#[derive(Debug)]
pub(crate) struct Batch {
    /// None when nothing that is wanted came for a while.
    pub(crate) events: Vec<RawEvent>,
    /// Where to go on from after these.
    pub(crate) position: Position,
}

impl Feed {
    /// With an `owner`, only what is theirs is told.
    ///
    /// Fails with [`StoreError::OtherEpoch`] and [`StoreError::BeyondHead`]
    /// when `wanted` begins where there is nothing.
    pub(crate) async fn open(
        store: Arc<dyn EventStore>,
        owner: Option<UserId>,
        wanted: Wanted,
    ) -> Result<Self, StoreError> {
        // Attached before anything is read, so that nothing falls in between.
        let hints = store.hints();
        let head = store.head().await?;
        let at = match wanted.after {
            After::Start => store.start().await?,
            After::End => head,
            After::Position(position) => position,
        };
        match head.has_reached(&at) {
            Some(true) => {}
            Some(false) => return Err(StoreError::BeyondHead { position: at, head }),
            None => {
                return Err(StoreError::OtherEpoch {
                    position: at,
                    epoch: head.epoch,
                });
            }
        }
        Ok(Self {
            store,
            hints,
            filter: wanted.filter,
            owner,
            at,
            head,
            until: (!wanted.follow).then_some(head),
            is_live: false,
            quiet: QUIET,
        })
    }

    /// Where the log ended when this was opened.
    pub(crate) fn head(&self) -> Position {
        self.head
    }

    /// Goes on for ever.
    pub(crate) fn follows(&self) -> bool {
        self.until.is_none()
    }

    /// All that was asked for has been told.
    pub(crate) fn is_over(&self) -> bool {
        self.until
            .is_some_and(|until| self.at.has_reached(&until) == Some(true))
    }

    /// The next events; after a while without any, an empty batch; none at the
    /// end. A store that is away is waited for.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        if self.is_over() {
            return Ok(None);
        }
        let quiet_at = Instant::now() + self.quiet;
        loop {
            if self.is_live {
                let hint = timeout(LOOK_EVERY, self.hints.changed());
                if timeout_at(quiet_at, hint).await.is_err() {
                    break;
                }
            }
            self.hints.mark_unchanged();
            let page = self.read().await?;
            self.at = page.scanned_to;
            self.is_live = page.is_last;
            let events = self.wanted(page)?;
            if !events.is_empty() || self.is_over() || Instant::now() > quiet_at {
                return Ok(Some(self.batch(events)));
            }
        }
        Ok(Some(self.batch(Vec::new())))
    }

    fn batch(&self, events: Vec<RawEvent>) -> Batch {
        Batch {
            events,
            position: self.until.filter(|_| self.is_over()).unwrap_or(self.at),
        }
    }

    async fn read(&self) -> Result<Page<RawEvent>, StoreError> {
        let give_up_at = Instant::now() + PATIENCE;
        loop {
            let page = self.store.read_raw(self.at, PAGE_EVENTS, &self.filter);
            match page.await {
                Err(error @ StoreError::Unavailable { .. }) if Instant::now() < give_up_at => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "events could not be read; trying again"
                    );
                    sleep(LOOK_EVERY).await;
                }
                page => return page,
            }
        }
    }

    /// Those of a page that are this viewer's to see, and not past the end.
    fn wanted(&self, page: Page<RawEvent>) -> Result<Vec<RawEvent>, StoreError> {
        let mut events = page.events;
        if let Some(until) = self.until {
            events.retain(|event| until.has_reached(&event.position) == Some(true));
        }
        if let Some(owner) = self.owner {
            let theirs = events
                .into_iter()
                .filter_map(|event| match owner_of(&event) {
                    Ok(found) => (found == owner).then_some(Ok(event)),
                    Err(error) => Some(Err(error)),
                });
            events = theirs.collect::<Result<_, _>>()?;
        }
        Ok(events)
    }
}

fn owner_of(event: &RawEvent) -> Result<UserId, StoreError> {
    #[derive(Deserialize)]
    struct Owned {
        owner: UserId,
    }
    serde_json::from_str(&event.metadata)
        .map(|owned: Owned| owned.owner)
        .map_err(|error| StoreError::Corrupt {
            position: event.position,
            reason: format!("its metadata names no owner: {error}"),
        })
}

#[cfg(test)]
mod tests;
