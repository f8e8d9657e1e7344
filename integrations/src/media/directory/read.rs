use std::fs::Metadata;
use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::Path;

use domain::MediaKey;
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::{content_type, is_absent};
use crate::media::port::within;
use crate::media::{MediaError, MediaRead, Stored};

const PIECE_BYTES: usize = 256 * 1024;

pub(super) fn stored(path: &Path, key: &MediaKey) -> Result<Stored, MediaError> {
    described(std::fs::metadata(path), path, key)
}

pub(super) async fn open(
    path: &Path,
    key: &MediaKey,
    range: Option<Range<u64>>,
) -> Result<MediaRead, MediaError> {
    let here = |error| MediaError::local(path, &error);
    let mut file = match tokio::fs::File::open(path).await {
        Ok(file) => file,
        Err(error) => return Err(missing_or(error, path, key)),
    };
    let stored = described(file.metadata().await, path, key)?;
    let range = within(key, stored.bytes, range)?;
    file.seek(SeekFrom::Start(range.start))
        .await
        .map_err(here)?;
    let part = file.take(range.end - range.start);
    let path = path.to_owned();
    Ok(MediaRead {
        stored,
        range,
        bytes: ReaderStream::with_capacity(part, PIECE_BYTES)
            .map(move |piece| piece.map_err(|error| MediaError::local(&path, &error)))
            .boxed(),
    })
}

fn described(
    metadata: io::Result<Metadata>,
    path: &Path,
    key: &MediaKey,
) -> Result<Stored, MediaError> {
    match metadata {
        Ok(metadata) if metadata.is_file() => Ok(Stored {
            bytes: metadata.len(),
            content_type: content_type(key).to_owned(),
        }),
        Ok(_) => Err(MediaError::NotFound { key: key.clone() }),
        Err(error) => Err(missing_or(error, path, key)),
    }
}

fn missing_or(error: io::Error, path: &Path, key: &MediaKey) -> MediaError {
    if is_absent(&error) {
        MediaError::NotFound { key: key.clone() }
    } else {
        MediaError::local(path, &error)
    }
}
