//! Large files in parts: nothing is seen at the key before all have come, and
//! nothing is left, or paid for, when they do not.

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use domain::MediaKey;
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::{S3Store, Source};
use crate::Observer;
use crate::media::digest::Digest;
use crate::media::{MediaError, MediaStore, content_type};

/// Parts on their way at once, and so in memory.
const CONCURRENT_PARTS: usize = 3;

pub(super) async fn put(
    store: &S3Store,
    key: &MediaKey,
    source: &mut Source,
    digest: &mut Digest,
    observer: &Observer,
) -> Result<(), MediaError> {
    let upload = Upload::begin(store, key).await?;
    let sent = tokio::select! {
        () = observer.cancelled() => Err(MediaError::Cancelled),
        sent = upload.send(source, digest, observer) => sent,
    };
    match sent {
        Ok(()) => {
            upload.finished();
            Ok(())
        }
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// An upload that is aborted unless it is finished, also when its future is
/// dropped.
struct Upload {
    store: S3Store,
    key: MediaKey,
    id: Option<String>,
}

impl Upload {
    async fn begin(store: &S3Store, key: &MediaKey) -> Result<Self, MediaError> {
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
        Ok(Self {
            store: store.clone(),
            key: key.clone(),
            id: Some(id.to_owned()),
        })
    }

    async fn send(
        &self,
        source: &mut Source,
        digest: &mut Digest,
        observer: &Observer,
    ) -> Result<(), MediaError> {
        let mut parts = Vec::new();
        let mut sent_bytes = 0;
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
                parts.push(self.count(sent?, &mut sent_bytes, source.total_bytes(), observer));
            }
        }
        while let Some(sent) = on_their_way.next().await {
            parts.push(self.count(sent?, &mut sent_bytes, source.total_bytes(), observer));
        }
        parts.sort_by_key(CompletedPart::part_number);
        self.complete(parts).await
    }

    fn count(
        &self,
        (part, bytes): (CompletedPart, u64),
        sent_bytes: &mut u64,
        total_bytes: u64,
        observer: &Observer,
    ) -> CompletedPart {
        *sent_bytes += bytes;
        observer.progress(*sent_bytes, total_bytes);
        part
    }

    async fn part(&self, number: i32, part: Bytes) -> Result<(CompletedPart, u64), MediaError> {
        let bytes = part.len() as u64;
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
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(answer.e_tag)
            .set_checksum_crc32(answer.checksum_crc32)
            .build();
        Ok((part, bytes))
    }

    async fn complete(&self, parts: Vec<CompletedPart>) -> Result<(), MediaError> {
        self.store
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
            .await
            .map_err(|error| self.store.error(&self.key, error))?;
        Ok(())
    }

    fn finished(mut self) {
        self.id = None;
    }

    async fn abort(mut self) {
        if let Some(id) = self.id.take() {
            abort(self.store.clone(), self.key.clone(), id).await;
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(abort(self.store.clone(), self.key.clone(), id));
        }
    }
}

async fn abort(store: S3Store, key: MediaKey, id: String) {
    let aborted = store
        .client
        .abort_multipart_upload()
        .bucket(&store.config.bucket)
        .key(store.full(&key))
        .upload_id(id)
        .send()
        .await;
    if let Err(error) = aborted {
        let error = store.error(&key, error);
        tracing::warn!(%key, %error, "an unfinished upload was left in the bucket");
    }
}
