//! Large files in parts: nothing is seen at the key before all have come.
//!
//! A server that goes away is waited for, and only parts that it does not have
//! are sent again. An upload that a process left behind is gone on with by the
//! next put of the same file at the same key; what nobody goes on with is
//! dropped with its folder.

mod left;

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use domain::MediaKey;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use md5::{Digest as _, Md5};

use super::patience::patiently;
use super::{S3Store, Source};
use crate::Observer;
use crate::media::digest::Digest;
use crate::media::{MediaError, MediaStore, content_type};
pub(super) use left::drop_unfinished;
use left::{Left, PartsThere};

/// Parts on their way at once, and so in memory.
const CONCURRENT_PARTS: usize = 3;

pub(super) async fn put(
    store: &S3Store,
    key: &MediaKey,
    source: &mut Source,
    digest: &mut Digest,
    observer: &Observer,
) -> Result<(), MediaError> {
    let upload = Upload::open(store, key).await?;
    let sent = tokio::select! {
        () = observer.cancelled() => Err(MediaError::Cancelled),
        sent = upload.send(source, digest, observer) => sent,
    };
    match sent {
        Ok(()) => {
            upload.leave();
            Ok(())
        }
        // It cannot be told, and what it has may be of use to the next put.
        Err(away @ MediaError::Unavailable { .. }) => {
            upload.leave();
            Err(away)
        }
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// An upload that is aborted unless it is let go of, also when its future is
/// dropped.
struct Upload {
    store: S3Store,
    key: MediaKey,
    id: Option<String>,
    /// What the server had when this began.
    there: PartsThere,
}

/// A part that the server has.
struct Part {
    completed: CompletedPart,
    bytes: u64,
    md5: [u8; 16],
}

impl Upload {
    async fn open(store: &S3Store, key: &MediaKey) -> Result<Self, MediaError> {
        let (id, there) = match left::find(store, key).await {
            Some(Left { id, parts }) => (id, parts),
            None => {
                let begin = || begin(store, key);
                (
                    patiently(store.config.patience, begin).await?,
                    PartsThere::default(),
                )
            }
        };
        Ok(Self {
            store: store.clone(),
            key: key.clone(),
            id: Some(id),
            there,
        })
    }

    async fn send(
        &self,
        source: &mut Source,
        digest: &mut Digest,
        observer: &Observer,
    ) -> Result<(), MediaError> {
        let total_bytes = source.total_bytes();
        let mut parts = Vec::new();
        let mut sent_bytes = 0;
        let mut count = |part: Part| {
            sent_bytes += part.bytes;
            observer.progress(sent_bytes, total_bytes);
            parts.push(part);
        };
        let mut on_their_way = FuturesUnordered::new();
        for number in 1.. {
            let part = source.next().await?;
            if part.is_empty() {
                break;
            }
            digest.update(&part);
            on_their_way.push(self.part(number, part));
            if on_their_way.len() == CONCURRENT_PARTS
                && let Some(sent) = on_their_way.next().await
            {
                count(sent?);
            }
        }
        while let Some(sent) = on_their_way.next().await {
            count(sent?);
        }
        parts.sort_by_key(|part| part.completed.part_number());
        let etag = etag(&parts);
        let parts: Vec<_> = parts.into_iter().map(|part| part.completed).collect();
        patiently(self.store.config.patience, || {
            self.complete(parts.clone(), &etag)
        })
        .await
    }

    async fn part(&self, number: i32, part: Bytes) -> Result<Part, MediaError> {
        let md5 = Md5::digest(&part).into();
        let bytes = part.len() as u64;
        let completed = match self.there.same(number, &part, md5) {
            Some(there) => there,
            None => {
                let send = || self.send_part(number, part.clone());
                patiently(self.store.config.patience, send).await?
            }
        };
        Ok(Part {
            completed,
            bytes,
            md5,
        })
    }

    async fn send_part(&self, number: i32, part: Bytes) -> Result<CompletedPart, MediaError> {
        let answer = self
            .store
            .client
            .upload_part()
            .bucket(&self.store.config.bucket)
            .key(self.store.full(&self.key))
            .set_upload_id(self.id.clone())
            .part_number(number)
            .body(part.into())
            .send()
            .await
            .map_err(|error| self.store.error(&self.key, error))?;
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32)
            .build())
    }

    async fn complete(&self, parts: Vec<CompletedPart>, etag: &str) -> Result<(), MediaError> {
        let completed = self
            .store
            .client
            .complete_multipart_upload()
            .bucket(&self.store.config.bucket)
            .key(self.store.full(&self.key))
            .set_upload_id(self.id.clone())
            .multipart_upload(
                CompletedMultipartUpload::builder()
                    .set_parts(Some(parts))
                    .build(),
            )
            .send()
            .await;
        match completed.map_err(|error| self.store.error(&self.key, error)) {
            // The upload is gone, as after a completion whose answer was lost.
            Err(gone @ MediaError::NotFound { .. }) => match self.store.etag(&self.key).await? {
                Some(there) if there == etag => Ok(()),
                _ => Err(gone),
            },
            completed => completed.map(|_| ()),
        }
    }

    fn leave(mut self) {
        self.id = None;
    }

    async fn abort(mut self) {
        if let Some(id) = self.id.take() {
            abort(self.store.clone(), self.store.full(&self.key), id).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let full = self.store.full(&self.key);
            runtime.spawn(abort(self.store.clone(), full, id));
        }
    }
}

async fn begin(store: &S3Store, key: &MediaKey) -> Result<String, MediaError> {
    let checksum = (!store.config.only_required_checksums).then_some(ChecksumAlgorithm::Crc32);
    let answer = store
        .client
        .create_multipart_upload()
        .bucket(&store.config.bucket)
        .key(store.full(key))
        .content_type(content_type(key))
        .set_checksum_algorithm(checksum)
        .send()
        .await
        .map_err(|error| store.error(key, error))?;
    let id = answer.upload_id().ok_or_else(|| MediaError::Unavailable {
        place: store.place(),
        problem: "it began an upload without naming it".to_owned(),
    })?;
    Ok(id.to_owned())
}

/// Of a file that came in parts: the digest of their digests, and their number.
fn etag(parts: &[Part]) -> String {
    let mut all = Md5::new();
    for part in parts {
        all.update(part.md5);
    }
    format!("{}-{}", hex::encode(all.finalize()), parts.len())
}

/// Drops an upload. `full` is its key in the bucket, prefix included.
async fn abort(store: S3Store, full: String, id: String) {
    let aborted = store
        .client
        .abort_multipart_upload()
        .bucket(&store.config.bucket)
        .key(&full)
        .upload_id(id)
        .send()
        .await;
    if let Err(error) = aborted {
        tracing::warn!(
            key = full,
            error = super::error::chain(&error),
            "an unfinished upload was left in the bucket"
        );
    }
}
