use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{Asset, MediaKey};
use futures::StreamExt;
use futures::stream::BoxStream;
use url::Url;

use super::{MediaError, fetch};
use crate::Observer;

/// Keeps files by key. Films pass through in pieces, never whole in memory.
///
/// A key is a file or a folder of files, never both.
#[async_trait]
pub trait MediaStore: Send + Sync {
    /// For people: a path, or a bucket and its endpoint.
    fn place(&self) -> String;

    /// Keeps `body` under `key`, in place of what was there: readers see the
    /// old file or the new one, whole. The content type follows from the key
    /// ([`super::content_type()`]). The observer hears bytes.
    async fn put(
        &self,
        key: &MediaKey,
        body: Body,
        observer: &Observer,
    ) -> Result<Asset, MediaError>;

    async fn head(&self, key: &MediaKey) -> Result<Stored, MediaError>;

    /// The file, or the bytes of it that lie in `range`; a range that runs over
    /// the end is cut there; one that is empty, or begins at or after the end,
    /// is `OutOfRange`.
    async fn read(
        &self,
        key: &MediaKey,
        range: Option<Range<u64>>,
    ) -> Result<MediaRead, MediaError>;

    /// A second key for the same bytes, made inside the store. What was at `to`
    /// is replaced; later changes of one leave the other as it is.
    async fn copy(&self, from: &MediaKey, to: &MediaKey) -> Result<(), MediaError>;

    /// Deletes everything in the folder `prefix` (`videos/1` leaves `videos/12`
    /// alone) and answers how many files went. An empty folder is no error.
    async fn delete_prefix(&self, prefix: &MediaKey) -> Result<u64, MediaError>;

    /// The files that lie in `folder` itself, in no order; none when there is no
    /// such folder.
    async fn list(&self, folder: &MediaKey) -> Result<Vec<MediaKey>, MediaError>;

    /// Where anybody may fetch the file without signing in, until `valid_for` is
    /// over or, from a store that is open to all, as long as it is there. None
    /// from a store that has no address of its own.
    async fn signed_url(
        &self,
        _key: &MediaKey,
        _valid_for: Duration,
    ) -> Result<Option<Url>, MediaError> {
        Ok(None)
    }

    /// A small file whole; `TooLarge` beyond `limit_bytes`.
    async fn get(&self, key: &MediaKey, limit_bytes: u64) -> Result<Bytes, MediaError> {
        let mut read = self.read(key, None).await?;
        let bytes = read.stored.bytes;
        if bytes > limit_bytes {
            return Err(MediaError::TooLarge {
                key: key.clone(),
                bytes,
                limit: limit_bytes,
            });
        }
        let mut whole = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
        while let Some(piece) = read.bytes.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.into())
    }

    /// A local copy at `path`, there whole or not at all.
    async fn fetch_to(&self, key: &MediaKey, path: &Path) -> Result<Asset, MediaError> {
        fetch::to_file(self.read(key, None).await?, key, path).await
    }

    /// A local copy of exactly the recorded file; `Changed` when the store
    /// holds something else by now.
    async fn fetch_asset(&self, asset: &Asset, path: &Path) -> Result<(), MediaError> {
        fetch::same(asset, &self.fetch_to(&asset.key, path).await?, path).await
    }

    /// Writes, reads back and deletes a small file: what `narrate doctor` runs.
    async fn check(&self) -> Result<(), MediaError> {
        fetch::round_trip(self).await
    }
}

/// What is to be kept.
#[derive(Debug, Clone)]
pub enum Body {
    Bytes(Bytes),
    /// Read in pieces; left where it is.
    File(PathBuf),
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<PathBuf> for Body {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Of the whole file.
    pub bytes: u64,
    pub content_type: String,
}

/// A file being read.
pub struct MediaRead {
    pub stored: Stored,
    /// The part of it that `bytes` gives.
    pub range: Range<u64>,
    pub bytes: BoxStream<'static, Result<Bytes, MediaError>>,
}

/// `wanted` of a file of `bytes`, cut at its end.
pub(super) fn within(
    key: &MediaKey,
    bytes: u64,
    wanted: Option<Range<u64>>,
) -> Result<Range<u64>, MediaError> {
    match wanted {
        None => Ok(0..bytes),
        Some(range) if range.start < bytes && range.start < range.end => {
            Ok(range.start..range.end.min(bytes))
        }
        Some(_) => Err(MediaError::OutOfRange {
            key: key.clone(),
            bytes,
        }),
    }
}
