use chrono::{DateTime, Utc};
use domain::{Notice, NotificationId, UserId, VideoId};
use event_store::{Position, RecordedEvent};
use serde::{Deserialize, Serialize};

/// One notification, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationView {
    pub id: NotificationId,
    pub owner: UserId,
    /// What it is about.
    pub video: VideoId,
    pub notice: Notice,
    pub created_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
    /// The last event that this reflects.
    pub position: Position,
}

impl NotificationView {
    /// Of an event that is worth telling.
    pub(super) fn new(recorded: &RecordedEvent, notice: Notice) -> Self {
        Self {
            id: NotificationId(recorded.id),
            owner: recorded.metadata.owner,
            video: VideoId(recorded.stream.id),
            notice,
            created_at: recorded.metadata.occurred_at,
            read_at: None,
            position: recorded.position,
        }
    }

    /// After its owner has read it.
    pub(super) fn read(&mut self, recorded: &RecordedEvent) {
        if self.read_at.is_none() {
            self.read_at = Some(recorded.metadata.occurred_at);
            self.position = recorded.position;
        }
    }
}
