//! What JetStream still holds for the workers of a stage.

use std::collections::HashSet;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::Stream;
use domain::{Stage, VideoId};
use futures::StreamExt;

use super::RelayedEvent;
use super::reconciler::ReconcileError;
use crate::Subjects;

/// Messages looked through; where more wait, workers are behind, and nothing is
/// said to be lost.
const MOST: usize = 10_000;
const PAGE: usize = 500;
/// The server forgets the reader of a process that died.
const READER_LIVES: Duration = Duration::from_secs(30);

/// Videos that a message waits for, or is in a worker's hands.
pub(super) enum Held {
    Videos(HashSet<VideoId>),
    TooManyToTell,
}

impl Held {
    pub(super) fn may_hold(&self, video: VideoId) -> bool {
        match self {
            Self::Videos(videos) => videos.contains(&video),
            Self::TooManyToTell => true,
        }
    }

    /// Everything after the last message up to which all are done. The consumer
    /// of a stage bears its name.
    pub(super) async fn of(
        stream: &Stream,
        subjects: &Subjects,
        stage: Stage,
    ) -> Result<Self, ReconcileError> {
        let done_to = match stream.consumer_info(stage.slug()).await {
            Ok(info) => info.ack_floor.stream_sequence,
            // Its first worker is still to come, and then gets everything.
            Err(error) if error.kind() == ConsumerInfoErrorKind::NotFound => 0,
            Err(error) => return Err(error.into()),
        };
        let reader = stream
            .create_consumer(pull::Config {
                filter_subject: subjects.due(stage),
                deliver_policy: DeliverPolicy::ByStartSequence {
                    start_sequence: done_to + 1,
                },
                ack_policy: AckPolicy::None,
                inactive_threshold: READER_LIVES,
                memory_storage: true,
                ..Default::default()
            })
            .await?;
        let mut videos = HashSet::new();
        let mut looked_at = 0;
        let held = loop {
            let mut page = reader.fetch().max_messages(PAGE).messages().await?;
            let before = looked_at;
            while let Some(message) = page.next().await {
                let message = message.map_err(ReconcileError::Message)?;
                looked_at += 1;
                if let Ok(event) = serde_json::from_slice::<RelayedEvent>(&message.payload) {
                    videos.insert(VideoId(event.stream_id));
                }
            }
            if looked_at - before < PAGE {
                break Self::Videos(videos);
            }
            if looked_at >= MOST {
                break Self::TooManyToTell;
            }
        };
        // Left alone, it goes by itself.
        let _ = stream.delete_consumer(&reader.cached_info().name).await;
        Ok(held)
    }
}
