use serde::{Deserialize, Serialize};

use crate::{DomainEvent, NotificationId, UserId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum InboxEvent {
    /// For the first time.
    #[serde(rename = "NotificationRead")]
    Read {
        owner: UserId,
        notification: NotificationId,
    },
}

impl DomainEvent for InboxEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[("NotificationRead", 1)];
}
