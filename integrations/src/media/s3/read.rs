use std::ops::Range;

use domain::MediaKey;
use futures::StreamExt;
use tokio_util::io::ReaderStream;

use super::{S3Store, error};
use crate::media::port::within;
use crate::media::{MediaError, MediaRead, MediaStore, Stored, content_type};

const PIECE_BYTES: usize = 256 * 1024;

pub(super) async fn open(
    store: &S3Store,
    key: &MediaKey,
    range: Option<Range<u64>>,
) -> Result<MediaRead, MediaError> {
    if range.as_ref().is_some_and(Range::is_empty) {
        within(key, store.head(key).await?.bytes, range.clone())?;
    }
    let answer = store
        .client
        .get_object()
        .bucket(&store.config.bucket)
        .key(store.full(key))
        .set_range(range.map(|range| format!("bytes={}-{}", range.start, range.end - 1)))
        .send()
        .await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) if error::is_out_of_range(&error) => {
            return Err(MediaError::OutOfRange {
                key: key.clone(),
                bytes: store.head(key).await?.bytes,
            });
        }
        Err(error) => return Err(store.error(key, error)),
    };
    let length = length(answer.content_length());
    let (range, bytes) = answer
        .content_range()
        .and_then(parse_content_range)
        .unwrap_or((0..length, length));
    let stored = Stored {
        bytes,
        content_type: kept_type(answer.content_type(), key),
    };
    let place = store.place();
    let pieces = ReaderStream::with_capacity(answer.body.into_async_read(), PIECE_BYTES);
    Ok(MediaRead {
        stored,
        range,
        bytes: pieces
            .map(move |piece| {
                piece.map_err(|error| MediaError::Unavailable {
                    place: place.clone(),
                    problem: error::chain(&error),
                })
            })
            .boxed(),
    })
}

pub(super) fn length(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| bytes.try_into().ok()).unwrap_or(0)
}

pub(super) fn kept_type(kept: Option<&str>, key: &MediaKey) -> String {
    kept.unwrap_or_else(|| content_type(key)).to_owned()
}

/// `bytes 0-99/1234` is bytes 0 to 100, exclusive, of 1234.
fn parse_content_range(header: &str) -> Option<(Range<u64>, u64)> {
    let (range, total) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    Some((first..last + 1, total.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_gives_the_part_and_the_whole() {
        assert_eq!(parse_content_range("bytes 0-99/1234"), Some((0..100, 1234)));
        assert_eq!(parse_content_range("bytes */1234"), None);
    }
}
