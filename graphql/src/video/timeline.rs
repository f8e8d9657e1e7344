use async_graphql::{Json, SimpleObject};
use chrono::{DateTime, Utc};
use projections::video;

/// One event of a video: what happened, when and by whom.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct TimelineEntry {
    /// Its place among the video's events, from 0. Pass the last one's as
    /// `after` to read on.
    revision: u64,
    /// Its place in the whole log.
    position: String,
    /// Its stored name: `StageCompleted`.
    #[graphql(name = "type")]
    type_name: String,
    occurred_at: DateTime<Utc>,
    /// `user`, or a part of the program: `worker/script`.
    actor: String,
    /// What happened, in one sentence.
    summary: String,
    /// The event as it is stored.
    data: Json<serde_json::Value>,
}

impl TimelineEntry {
    /// `epoch` is the log's, which an entry leaves out.
    pub(super) fn new(entry: video::TimelineEntry, epoch: uuid::Uuid) -> Self {
        let position = event_store::Position {
            epoch,
            value: entry.position.unsigned_abs(),
        };
        Self {
            revision: entry.revision,
            position: position.to_string(),
            type_name: entry.type_name,
            occurred_at: entry.occurred_at,
            actor: entry.actor,
            summary: entry.summary,
            data: Json(entry.data),
        }
    }
}
