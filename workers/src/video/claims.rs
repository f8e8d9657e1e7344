//! The videos that one consumer of this process has in hand.
//!
//! Two messages can make the same stage due: a relay that lost its checkpoint
//! repeats itself, and a message that was not heard of in time comes back
//! while its work goes on. The second would take the stage over from the
//! first, and all would be made twice. Between processes the log decides that
//! (`StartStage`); within one, this does without asking it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::VideoId;

#[derive(Default)]
pub(super) struct Claims(Mutex<HashSet<VideoId>>);

/// Holds the video until it is dropped.
pub(super) struct Claim<'a> {
    claims: &'a Claims,
    video: VideoId,
}

impl Claims {
    /// None while the video is in hand already.
    pub(super) fn claim(&self, video: VideoId) -> Option<Claim<'_>> {
        let is_free = self.videos().insert(video);
        is_free.then(|| Claim {
            claims: self,
            video,
        })
    }

    fn videos(&self) -> MutexGuard<'_, HashSet<VideoId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.videos().remove(&self.video);
    }
}
