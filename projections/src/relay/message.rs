//! What goes to JetStream: thin messages that say which event.

use async_nats::jetstream::{
    self,
    context::{PublishAckFuture, PublishError},
    message::PublishMessage,
};
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, DomainEvent, Stage, UserId};
use event_store::{Position, RecordedEvent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Subjects;

/// What a message says: which event. The log has the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayedEvent {
    pub event_id: Uuid,
    pub stream_id: Uuid,
    pub owner: UserId,
    pub correlation_id: Uuid,
    pub position: Position,
}

/// Publishes `event` under `message_id`; JetStream has it once the answer is in.
pub(super) async fn publish(
    jetstream: &jetstream::Context,
    subjects: &Subjects,
    event: &RecordedEvent,
    message_id: String,
) -> Result<PublishAckFuture, PublishError> {
    let subject = subjects.event(
        &event.stream.category,
        &event.event.type_name,
        due_stage(event),
    );
    let message = RelayedEvent {
        event_id: event.id,
        stream_id: event.stream.id,
        owner: event.metadata.owner,
        correlation_id: event.metadata.correlation_id,
        position: event.position,
    };
    let payload = serde_json::to_vec(&message).expect("a message has string keys only");
    let message = PublishMessage::build()
        .message_id(message_id)
        .payload(payload.into());
    jetstream.send_publish(subject, message).await
}

/// The stage `event` makes due. An event this program cannot read makes none
/// due; the projections say so.
pub(super) fn due_stage(event: &RecordedEvent) -> Option<Stage> {
    if event.stream.category != Video::CATEGORY {
        return None;
    }
    VideoEvent::restore(&event.event).ok()?.due_stage()
}
