//! Deletes the media of deleted videos.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::VideoId;
use projections::RelayedEvent;
use tokio_util::sync::CancellationToken;

use super::media;
use crate::{Handler, Pipeline, Verdict};

const STORE_AWAY: Duration = Duration::from_secs(30);

pub(super) struct Cleanup {
    pipeline: Arc<Pipeline>,
}

impl Cleanup {
    pub(super) fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline }
    }
}

#[async_trait]
impl Handler for Cleanup {
    async fn handle(&self, message: &RelayedEvent, _stop: &CancellationToken) -> Verdict {
        remove_media(&self.pipeline, VideoId(message.stream_id)).await
    }
}

/// Removes all that the media store has of a deleted video.
pub(super) async fn remove_media(pipeline: &Pipeline, video: VideoId) -> Verdict {
    match pipeline.media.delete_prefix(&media::folder(video)).await {
        Ok(files) => {
            tracing::info!(video.id = %video, files, "media of a deleted video removed");
            Verdict::Done
        }
        Err(error) => {
            tracing::warn!(
                video.id = %video,
                error = &error as &dyn std::error::Error,
                "media of a deleted video stays for now"
            );
            Verdict::Again(STORE_AWAY)
        }
    }
}
