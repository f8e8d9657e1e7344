//! Answers that were paid for, kept until what came of them is recorded.
//!
//! Providers that answer in one call give nothing by which the answer could be
//! fetched again, and none of them documents a key by which a repeated call is
//! known. So an answer is in the media store before anybody uses it, and the same
//! call made again, as after a crash, is answered from there.

mod call;
mod kept;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use call::Charge;
pub(crate) use call::{Call, PriceList};
pub(crate) use kept::Kept;

use domain::{Failure, MediaKey};

use crate::media::{Body, MediaError, MediaStore};
use crate::{Observer, ProviderError};

/// The name of an answer's file, in a folder of its own.
const FILE: &str = "answer";
/// What is kept besides the body of an answer.
const HEAD_BYTES: usize = 4 * 1024;

/// The answers to the paid calls of one piece of work: a stage, or a scene of it.
pub struct Journal {
    media: Arc<dyn MediaStore>,
    folder: MediaKey,
    /// Answers that nobody has called good or bad yet.
    in_question: Mutex<Vec<String>>,
    is_used: Mutex<bool>,
    /// What was paid since somebody asked.
    charges: Mutex<Vec<Charge>>,
}

impl Journal {
    /// Nobody else may use `folder`, where `media` keeps the answers.
    pub fn new(media: Arc<dyn MediaStore>, folder: MediaKey) -> Self {
        Self {
            media,
            folder,
            in_question: Mutex::default(),
            is_used: Mutex::default(),
            charges: Mutex::default(),
        }
    }

    /// The answer to the same call, made before.
    ///
    /// # Errors
    /// [`ProviderError::NotAsked`] while that cannot be told: asking could mean to
    /// pay twice.
    pub(crate) async fn read(
        &self,
        call: &Call<'_>,
        limit_bytes: usize,
    ) -> Result<Option<Kept>, ProviderError> {
        let limit = (limit_bytes + HEAD_BYTES) as u64;
        let bytes = match self
            .media
            .get(&self.key(&call.digest, Some(FILE)), limit)
            .await
        {
            Ok(bytes) => bytes,
            Err(MediaError::NotFound { .. }) => return Ok(None),
            Err(MediaError::Cancelled) => return Err(ProviderError::Cancelled),
            Err(error) => {
                let failure = error.failure();
                let message = format!(
                    "whether an answer was paid for already cannot be told: {}",
                    failure.message
                );
                return Err(ProviderError::NotAsked {
                    failure: Failure { message, ..failure },
                });
            }
        };
        let kept = Kept::read(bytes);
        match &kept {
            Some(_) => self.question(call),
            None => tracing::warn!("an answer that was kept cannot be read; it is asked for anew"),
        }
        Ok(kept)
    }

    /// Keeps an answer. One that cannot be kept is used all the same: thrown away
    /// it would be lost for certain.
    pub(crate) async fn write(&self, call: &Call<'_>, kept: &Kept) {
        self.question(call);
        let body = Body::Bytes(kept.bytes());
        let key = self.key(&call.digest, Some(FILE));
        if let Err(error) = self.media.put(&key, body, &Observer::silent()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an answer that was paid for could not be kept; a crash would have it paid for again"
            );
        }
    }

    pub(crate) fn charge(&self, charge: Charge) {
        lock(&self.charges).push(charge);
    }

    /// What the calls cost that were made, or whose answers were read, since this
    /// was asked last.
    pub fn take_charges(&self) -> Vec<Charge> {
        std::mem::take(&mut *lock(&self.charges))
    }

    /// What was answered so far is good, and will be used again if need be.
    pub fn accept(&self) {
        lock(&self.in_question).clear();
    }

    /// What was answered since [`accept`](Self::accept) cannot be used: it is
    /// asked for anew.
    pub async fn reject(&self) {
        let rejected = std::mem::take(&mut *lock(&self.in_question));
        for call in rejected {
            self.remove(&self.key(&call, None)).await;
        }
    }

    /// What came of the answers is recorded elsewhere: none of them is wanted again.
    pub async fn close(&self) {
        self.accept();
        if std::mem::take(&mut *lock(&self.is_used)) {
            self.remove(&self.folder).await;
        }
    }

    async fn remove(&self, folder: &MediaKey) {
        if let Err(error) = self.media.delete_prefix(folder).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an answer that is no longer wanted stays until its video is deleted"
            );
        }
    }

    fn question(&self, call: &Call<'_>) {
        *lock(&self.is_used) = true;
        lock(&self.in_question).push(call.digest.clone());
    }

    /// The file of a call, or the folder that it is in.
    fn key(&self, call: &str, file: Option<&str>) -> MediaKey {
        let parts = [self.folder.as_str(), call].into_iter().chain(file);
        let key = parts.collect::<Vec<_>>().join("/");
        MediaKey::try_new(key).expect("digests and plain names make sound keys")
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
