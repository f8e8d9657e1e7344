//! Our events as KurrentDB holds them, and back.
//!
//! Data is the event's JSON. Custom metadata wraps ours, for the schema version
//! has no place of its own there.

use eventstore::EventData;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::written::Written;
use crate::{Position, RawEvent, StoreError, StreamName};

/// Marks what belongs to the server: streams and types begin with it.
const SYSTEM: char = '$';

#[derive(Serialize, Deserialize)]
struct Kept {
    schema_version: u16,
    metadata: Box<RawValue>,
}

/// The events of `written`, in order.
pub(super) fn propose(written: &Written) -> Vec<EventData> {
    let json = |text: &str| RawValue::from_string(text.to_owned()).expect("it was written as JSON");
    let metadata = json(&written.metadata);
    let events = written.events.iter().map(|event| {
        let kept = Kept {
            schema_version: event.schema_version,
            metadata: metadata.clone(),
        };
        EventData::json(&event.type_name, &json(&event.data))
            .and_then(|data| data.id(event.id).metadata_as_json(&kept))
            .expect("JSON can be written")
    });
    events.collect()
}

/// The event, unless it is the server's or another program's.
pub(super) fn read(
    recorded: eventstore::RecordedEvent,
    epoch: Uuid,
) -> Result<Option<RawEvent>, StoreError> {
    let Some(stream) = our_stream(&recorded) else {
        return Ok(None);
    };
    let position = Position {
        epoch,
        value: recorded.position.commit,
    };
    let corrupt = |what: &str| StoreError::Corrupt {
        position,
        reason: format!("its {what} is not what the log writes"),
    };
    let kept: Kept = serde_json::from_slice(&recorded.custom_metadata)
        .map_err(|_| corrupt("metadata in KurrentDB"))?;
    let data = String::from_utf8(recorded.data.into()).map_err(|_| corrupt("data"))?;
    Ok(Some(RawEvent {
        id: recorded.id,
        stream,
        revision: recorded.revision,
        position,
        type_name: recorded.event_type,
        schema_version: kept.schema_version,
        data,
        metadata: kept.metadata.get().to_owned(),
    }))
}

fn our_stream(recorded: &eventstore::RecordedEvent) -> Option<StreamName> {
    let text = recorded.stream_id();
    let name: StreamName = text.parse().ok()?;
    let is_ours = !text.starts_with(SYSTEM)
        && !recorded.event_type.starts_with(SYSTEM)
        && name.to_string() == text;
    is_ours.then_some(name)
}
