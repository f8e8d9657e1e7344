//! A media store whose door can be held shut.

use std::ops::Range;
use std::path::Path;

use async_trait::async_trait;
use domain::{Asset, MediaKey};
use integrations::Observer;
use integrations::media::{Body, DirectoryStore, MediaError, MediaRead, MediaStore, Stored};
use tokio::sync::watch;

pub(crate) struct GatedStore {
    store: DirectoryStore,
    is_open: watch::Sender<bool>,
    waiting: watch::Sender<usize>,
}

impl GatedStore {
    pub(crate) fn new(store: DirectoryStore) -> Self {
        Self {
            store,
            is_open: watch::Sender::new(true),
            waiting: watch::Sender::new(0),
        }
    }

    /// From now on nothing is put into the store.
    pub(crate) fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets all in that waits.
    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Until something waits to be put into the store.
    pub(crate) async fn waited_at(&self) {
        let mut waiting = self.waiting.subscribe();
        waiting.wait_for(|waiting| *waiting > 0).await.unwrap();
    }
}

#[async_trait]
impl MediaStore for GatedStore {
    fn place(&self) -> String {
        self.store.place()
    }

    async fn put(
        &self,
        key: &MediaKey,
        body: Body,
        observer: &Observer,
    ) -> Result<Asset, MediaError> {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let mut is_open = self.is_open.subscribe();
        is_open.wait_for(|is_open| *is_open).await.unwrap();
        self.store.put(key, body, observer).await
    }

    async fn head(&self, key: &MediaKey) -> Result<Stored, MediaError> {
        self.store.head(key).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<Range<u64>>,
    ) -> Result<MediaRead, MediaError> {
        self.store.read(key, range).await
    }

    async fn copy(&self, from: &MediaKey, to: &MediaKey) -> Result<(), MediaError> {
        self.store.copy(from, to).await
    }

    async fn delete_prefix(&self, prefix: &MediaKey) -> Result<u64, MediaError> {
        self.store.delete_prefix(prefix).await
    }

    async fn list(&self, folder: &MediaKey) -> Result<Vec<MediaKey>, MediaError> {
        self.store.list(folder).await
    }

    async fn fetch_to(&self, key: &MediaKey, path: &Path) -> Result<Asset, MediaError> {
        self.store.fetch_to(key, path).await
    }
}
