//! Uploads that somebody began and did not finish.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{CompletedPart, MultipartUpload};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::MediaKey;

use super::super::{S3Store, error};

/// An unfinished upload at a key.
pub(super) struct Left {
    pub(super) id: String,
    pub(super) parts: PartsThere,
}

/// The parts that a server has of an upload, by number.
#[derive(Default)]
pub(super) struct PartsThere {
    parts: BTreeMap<i32, aws_sdk_s3::types::Part>,
    with_checksums: bool,
}

impl PartsThere {
    /// Part `number`, if what is there is known to be the same. Servers that
    /// encrypt tell another digest; then it is sent again.
    pub(super) fn same(&self, number: i32, part: &[u8], md5: [u8; 16]) -> Option<CompletedPart> {
        let there = self.parts.get(&number)?;
        let etag = there.e_tag()?.trim_matches('"');
        let is_same = there.size() == i64::try_from(part.len()).ok()
            && etag.eq_ignore_ascii_case(&hex::encode(md5));
        is_same.then(|| {
            // Not every server lists the checksum, and each wants it at the end.
            let checksum = self.with_checksums.then(|| crc32(part));
            CompletedPart::builder()
                .part_number(number)
                .e_tag(etag)
                .set_checksum_crc32(checksum)
                .build()
        })
    }
}

/// As the API writes it.
fn crc32(part: &[u8]) -> String {
    STANDARD.encode(crc32fast::hash(part).to_be_bytes())
}

/// The latest unfinished upload at `key`. A server that does not tell of any has
/// none: to begin anew is always right.
pub(super) async fn find(store: &S3Store, key: &MediaKey) -> Option<Left> {
    let full = store.full(key);
    let mut at_key = unfinished(store, &full).await;
    at_key.retain(|upload| upload.key() == Some(&full));
    let latest = at_key.into_iter().max_by_key(|upload| {
        let begun = upload.initiated();
        begun.map(|begun| (begun.secs(), begun.subsec_nanos()))
    })?;
    let id = latest.upload_id?;
    let mut parts = BTreeMap::new();
    let mut pages = store
        .client
        .list_parts()
        .bucket(&store.config.bucket)
        .key(&full)
        .upload_id(&id)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let listed = page.ok()?.parts.unwrap_or_default();
        parts.extend(
            listed
                .into_iter()
                .filter_map(|part| Some((part.part_number()?, part))),
        );
    }
    let with_checksums = !store.config.only_required_checksums;
    Some(Left {
        id,
        parts: PartsThere {
            parts,
            with_checksums,
        },
    })
}

/// Drops what was begun below `folder` (a key in the bucket that ends in `/`):
/// its parts take space, and on most servers cost money.
pub(in super::super) async fn drop_unfinished(store: &S3Store, folder: &str) {
    for upload in unfinished(store, folder).await {
        if let (Some(key), Some(id)) = (upload.key, upload.upload_id) {
            super::abort(store.clone(), key, id).await;
        }
    }
}

/// Unfinished uploads whose keys begin with `prefix`, as far as they can be
/// listed.
async fn unfinished(store: &S3Store, prefix: &str) -> Vec<MultipartUpload> {
    let mut found = Vec::new();
    let mut after = (None, None);
    loop {
        let page = store
            .client
            .list_multipart_uploads()
            .bucket(&store.config.bucket)
            .prefix(prefix)
            .set_key_marker(after.0.take())
            .set_upload_id_marker(after.1.take())
            .send()
            .await;
        match page {
            Ok(page) => {
                let more = page.is_truncated() == Some(true);
                found.extend(page.uploads.unwrap_or_default());
                after = (page.next_key_marker, page.next_upload_id_marker);
                if !more || after.0.is_none() {
                    return found;
                }
            }
            Err(error) => {
                tracing::debug!(
                    error = error::chain(&error),
                    "unfinished uploads could not be listed"
                );
                return found;
            }
        }
    }
}
