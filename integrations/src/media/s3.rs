//! Media in a bucket of any S3 API: Amazon's, Cloudflare R2, SeaweedFS, ...
//!
//! Only operations that R2 has are used, and nothing that it refuses (no ACLs,
//! no checksum of a kind it lacks, parts of one size).

mod config;
mod error;
mod link;
mod multipart;
mod patience;
mod read;
mod source;

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{Delete, MetadataDirective, ObjectIdentifier};
use bytes::Bytes;
use domain::{Asset, MediaKey};
use url::Url;

use super::digest::Digest;
use super::{Body, MediaError, MediaRead, MediaStore, Stored, content_type, fetch};
use crate::Observer;
pub use config::S3Config;
use patience::patiently;
use source::Source;

/// Larger files go in parts of this size; the API takes 5 MiB to 5 GiB.
const PART_BYTES: u64 = 8 * 1024 * 1024;

#[derive(Debug, Clone)]
pub struct S3Store {
    client: aws_sdk_s3::Client,
    config: S3Config,
}

impl S3Store {
    /// Nothing is sent before the first call; [`MediaStore::check`] tries it.
    pub fn new(config: S3Config) -> Self {
        Self {
            client: config.client(),
            config,
        }
    }

    fn full(&self, key: &MediaKey) -> String {
        match &self.config.prefix {
            None => key.to_string(),
            Some(prefix) => format!("{prefix}/{key}"),
        }
    }

    async fn put_small(&self, key: &MediaKey, body: Bytes) -> Result<(), MediaError> {
        self.client
            .put_object()
            .bucket(&self.config.bucket)
            .key(self.full(key))
            .content_type(content_type(key))
            .body(body.into())
            .send()
            .await
            .map_err(|error| self.error(key, error))?;
        Ok(())
    }

    /// What the server knows the file's bytes by; none when there is no file.
    async fn etag(&self, key: &MediaKey) -> Result<Option<String>, MediaError> {
        match self.ask_head(key).await {
            Ok(there) => Ok(there.e_tag().map(|etag| etag.trim_matches('"').to_owned())),
            Err(MediaError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ask_head(&self, key: &MediaKey) -> Result<HeadObjectOutput, MediaError> {
        self.client
            .head_object()
            .bucket(&self.config.bucket)
            .key(self.full(key))
            .send()
            .await
            .map_err(|error| self.error(key, error))
    }

    async fn delete_all(
        &self,
        prefix: &MediaKey,
        keys: Vec<ObjectIdentifier>,
    ) -> Result<(), MediaError> {
        let delete = Delete::builder()
            .set_objects(Some(keys))
            .quiet(true)
            .build()
            .expect("the list of keys was set");
        let answer = self
            .client
            .delete_objects()
            .bucket(&self.config.bucket)
            .delete(delete)
            .send()
            .await
            .map_err(|error| self.error(prefix, error))?;
        match answer.errors().first() {
            None => Ok(()),
            Some(refused) => Err(MediaError::NotAllowed {
                place: self.place(),
                problem: format!(
                    "{} was not deleted: {}",
                    refused.key().unwrap_or_default(),
                    refused.code().unwrap_or_default()
                ),
            }),
        }
    }
}

#[async_trait]
impl MediaStore for S3Store {
    fn place(&self) -> String {
        let endpoint = match &self.config.endpoint {
            Some(endpoint) => endpoint.as_str().trim_end_matches('/'),
            None => "Amazon S3",
        };
        format!("bucket {} at {endpoint}", self.config.bucket)
    }

    async fn put(
        &self,
        key: &MediaKey,
        body: Body,
        observer: &Observer,
    ) -> Result<Asset, MediaError> {
        let mut source = Source::open(body).await?;
        let mut digest = Digest::default();
        if source.total_bytes() > PART_BYTES {
            multipart::put(self, key, &mut source, &mut digest, observer).await?;
        } else {
            let whole = source.next().await?;
            digest.update(&whole);
            let put = patiently(self.config.patience, || self.put_small(key, whole.clone()));
            tokio::select! {
                () = observer.cancelled() => return Err(MediaError::Cancelled),
                kept = put => kept?,
            }
            observer.progress(digest.bytes(), source.total_bytes());
        }
        Ok(digest.asset(key))
    }

    async fn head(&self, key: &MediaKey) -> Result<Stored, MediaError> {
        let answer = self.ask_head(key).await?;
        Ok(Stored {
            bytes: read::length(answer.content_length()),
            content_type: read::kept_type(answer.content_type(), key),
        })
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<Range<u64>>,
    ) -> Result<MediaRead, MediaError> {
        read::open(self, key, range).await
    }

    async fn copy(&self, from: &MediaKey, to: &MediaKey) -> Result<(), MediaError> {
        self.client
            .copy_object()
            .bucket(&self.config.bucket)
            // Keys hold nothing that an address would have to escape.
            .copy_source(format!("{}/{}", self.config.bucket, self.full(from)))
            .key(self.full(to))
            .metadata_directive(MetadataDirective::Replace)
            .content_type(content_type(to))
            .send()
            .await
            .map_err(|error| self.error(from, error))?;
        Ok(())
    }

    async fn delete_prefix(&self, prefix: &MediaKey) -> Result<u64, MediaError> {
        let folder = format!("{}/", self.full(prefix));
        multipart::drop_unfinished(self, &folder).await;
        let mut deleted = 0;
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.config.bucket)
            .prefix(folder)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.error(prefix, error))?;
            let keys: Vec<_> = page
                .contents()
                .iter()
                .filter_map(|object| ObjectIdentifier::builder().key(object.key()?).build().ok())
                .collect();
            if !keys.is_empty() {
                deleted += keys.len() as u64;
                self.delete_all(prefix, keys).await?;
            }
        }
        Ok(deleted)
    }

    async fn list(&self, folder: &MediaKey) -> Result<Vec<MediaKey>, MediaError> {
        let prefix = format!("{}/", self.full(folder));
        let mut files = Vec::new();
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.config.bucket)
            .prefix(&prefix)
            .delimiter("/")
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.error(folder, error))?;
            let keys = page.contents().iter().filter_map(|object| object.key());
            let names = keys.filter_map(|key| key.strip_prefix(&prefix));
            files.extend(
                names.filter_map(|name| MediaKey::try_new(format!("{folder}/{name}")).ok()),
            );
        }
        Ok(files)
    }

    /// A signature is good for a week at most, as the API has it.
    async fn signed_url(
        &self,
        key: &MediaKey,
        valid_for: Duration,
    ) -> Result<Option<Url>, MediaError> {
        link::to(self, key, valid_for).await.map(Some)
    }

    /// Whoever tries a store wants to know now.
    async fn check(&self) -> Result<(), MediaError> {
        let impatient = S3Config {
            patience: Duration::ZERO,
            ..self.config.clone()
        };
        fetch::round_trip(&Self::new(impatient)).await
    }
}
