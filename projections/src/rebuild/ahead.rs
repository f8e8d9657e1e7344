//! Reads and decodes the next page of the log while the last one is written.

use std::sync::Arc;

use event_store::{EventStore, Filter, Position, StoreError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::parking::{self, Read};

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
    /// Pages of up to `limit` events; fewer when they are large.
    pub(super) fn start(
        store: Arc<dyn EventStore>,
        after: Position,
        limit: usize,
        filter: Filter,
    ) -> Self {
        let (sender, pages) = mpsc::channel(1);
        let reader = tokio::spawn(read(store, after, limit, filter, sender));
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
    limit: usize,
    filter: Filter,
    pages: mpsc::Sender<Result<ReadPage, StoreError>>,
) {
    loop {
        let page = store.read_raw(after, limit, &filter).await;
        let page = page.map(|page| ReadPage {
            scanned_to: page.scanned_to,
            is_last: page.is_last,
            events: parking::read(page.events),
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
