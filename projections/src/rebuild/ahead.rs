//! Reads and decodes the next page of the log while the last one is written.

use std::sync::Arc;

use event_store::{EventStore, Filter, Position, StoreError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::parking::{self, Read};

/// Events of a page.
const PAGE: usize = 4_000;
/// JSON of a page, about: pages of large events have fewer.
const PAGE_BYTES: usize = 16 * 1024 * 1024;
const SMALLEST_PAGE: usize = 8;

pub(super) struct ReadPage {
    pub(super) events: Vec<Read>,
    pub(super) scanned_to: Position,
    pub(super) is_last: bool,
}

pub(super) struct ReadAhead {
    pages: mpsc::Receiver<Result<ReadPage, StoreError>>,
    _reader: AbortOnDropHandle<()>,
}

impl ReadAhead {
    pub(super) fn start(store: Arc<dyn EventStore>, after: Position, filter: Filter) -> Self {
        let (sender, pages) = mpsc::channel(1);
        let reader = tokio::spawn(read(store, after, filter, sender));
        Self {
            pages,
            _reader: AbortOnDropHandle::new(reader),
        }
    }

    /// The next page; none after the last one or a failure.
    pub(super) async fn next(&mut self) -> Option<Result<ReadPage, StoreError>> {
        self.pages.recv().await
    }
}

async fn read(
    store: Arc<dyn EventStore>,
    mut after: Position,
    filter: Filter,
    pages: mpsc::Sender<Result<ReadPage, StoreError>>,
) {
    let mut limit = SMALLEST_PAGE;
    loop {
        let page = store.read_raw(after, limit, &filter).await;
        let page = page.map(|page| {
            limit = next_limit(limit, page.events.iter().map(|it| it.data.len()).sum());
            ReadPage {
                scanned_to: page.scanned_to,
                is_last: page.is_last,
                events: parking::read(page.events),
            }
        });
        let over = match &page {
            Ok(page) => {
                after = page.scanned_to;
                page.is_last
            }
            Err(_) => true,
        };
        if pages.send(page).await.is_err() || over {
            return;
        }
    }
}

/// How many events to ask for next, when the last `limit` had `bytes` in all.
fn next_limit(limit: usize, bytes: usize) -> usize {
    let fits = limit.saturating_mul(PAGE_BYTES) / bytes.max(1);
    fits.clamp(SMALLEST_PAGE, PAGE).min(limit * 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pages_grow_to_their_size_and_stay_within_bytes(bytes_an_event in 1usize..4_000_000) {
            let mut limit = SMALLEST_PAGE;
            for _ in 0..20 {
                limit = next_limit(limit, limit * bytes_an_event);
            }
            prop_assert!((SMALLEST_PAGE..=PAGE).contains(&limit));
            prop_assert!(limit == SMALLEST_PAGE || limit * bytes_an_event <= PAGE_BYTES);
            prop_assert!(limit == PAGE || (limit + 1) * bytes_an_event > PAGE_BYTES);
        }
    }
}
