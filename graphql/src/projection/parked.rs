use async_graphql::{ID, SimpleObject};
use chrono::{DateTime, Utc};

/// An event that a projection could not take, or one behind it in its stream.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ParkedEvent {
    id: ID,
    /// What it is about: `video-<uuid>`.
    stream: String,
    /// Its place in its stream, from 0.
    revision: u64,
    position: String,
    /// Its stored name: `StageCompleted`.
    type_name: String,
    /// What is wrong with it; null when it only waits for the one before it.
    problem: Option<String>,
    parked_at: DateTime<Utc>,
}

impl From<projections::parking::ParkedEvent> for ParkedEvent {
    fn from(event: projections::parking::ParkedEvent) -> Self {
        Self {
            id: event.id.to_string().into(),
            stream: event.stream.to_string(),
            revision: event.revision,
            position: event.position.to_string(),
            type_name: event.type_name,
            problem: event.problem,
            parked_at: event.parked_at,
        }
    }
}
