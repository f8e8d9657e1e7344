//! An append in the form it is stored in, or why it can never be stored.
//!
//! The rules are the same for every store, so that a log can move from one to
//! another.

use std::collections::HashSet;

use domain::StoredEvent;
use serde_json::Value;
use uuid::Uuid;

use crate::{Append, AppendError, ExpectedRevision, Metadata, NewEvent, StreamName};

/// The largest data of one event, as JSON.
pub const MAX_EVENT_BYTES: usize = 4 * 1024 * 1024;
/// The largest data of all events of one append together, as JSON.
pub const MAX_APPEND_BYTES: usize = 16 * 1024 * 1024;
/// The most events of one append.
pub const MAX_APPEND_EVENTS: usize = 1_000;
/// The longest stream category or event type, in bytes.
pub const MAX_NAME_BYTES: usize = 200;
/// The largest metadata of one append, as JSON.
pub const MAX_METADATA_BYTES: usize = 16 * 1024;
/// How deep objects and arrays may be nested; readers stop at 128.
pub const MAX_DEPTH: usize = 100;

#[derive(Debug)]
pub(crate) struct WrittenEvent {
    pub(crate) id: Uuid,
    pub(crate) type_name: String,
    pub(crate) schema_version: u16,
    pub(crate) data: String,
}

#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) stream: StreamName,
    pub(crate) expected: ExpectedRevision,
    pub(crate) command_id: Uuid,
    pub(crate) metadata: String,
    /// At least one.
    pub(crate) events: Vec<WrittenEvent>,
    /// Of all events' data together.
    pub(crate) bytes: usize,
}

impl Written {
    /// Fails with [`AppendError::Refused`] only.
    pub(crate) fn try_new(append: Append) -> Result<Self, AppendError> {
        Self::write(append).map_err(|reason| AppendError::Refused { reason })
    }

    fn write(append: Append) -> Result<Self, String> {
        let Append {
            stream,
            expected,
            events,
            metadata,
        } = append;
        check_name("the stream's category", &stream.category)?;
        if stream.category.contains('-') {
            return Err(format!(
                "the stream's category {:?} contains '-', which ends a category",
                stream.category
            ));
        }
        check_count(&events)?;
        let command_id = metadata.command_id;
        let metadata = write_metadata(&metadata)?;
        let events = events
            .into_iter()
            .map(write_event)
            .collect::<Result<Vec<_>, _>>()?;
        let bytes = events.iter().map(|event| event.data.len()).sum();
        if bytes > MAX_APPEND_BYTES {
            return Err(format!(
                "its events hold {bytes} bytes together, the limit is {MAX_APPEND_BYTES}; \
                 keep large content in the media store and record its key"
            ));
        }
        Ok(Self {
            stream,
            expected,
            command_id,
            metadata,
            events,
            bytes,
        })
    }
}

fn check_count(events: &[NewEvent]) -> Result<(), String> {
    if events.is_empty() {
        return Err("it has no events; a command that changes nothing is not appended".to_owned());
    }
    if events.len() > MAX_APPEND_EVENTS {
        return Err(format!(
            "it has {} events, the limit is {MAX_APPEND_EVENTS}; split the command",
            events.len()
        ));
    }
    let mut seen = HashSet::new();
    match events.iter().find(|event| !seen.insert(event.id)) {
        Some(twice) => Err(format!("two of its events have the id {}", twice.id)),
        None => Ok(()),
    }
}

fn write_metadata(metadata: &Metadata) -> Result<String, String> {
    let value = serde_json::to_value(metadata).expect("metadata has string keys only");
    check_value("the metadata", &value, 0)?;
    let text = value.to_string();
    if text.len() > MAX_METADATA_BYTES {
        return Err(format!(
            "the metadata is {} bytes, the limit is {MAX_METADATA_BYTES}; shorten its actor's \
             name or its traceparent",
            text.len()
        ));
    }
    Ok(text)
}

fn write_event(NewEvent { id, event }: NewEvent) -> Result<WrittenEvent, String> {
    let StoredEvent {
        type_name,
        schema_version,
        data,
    } = event;
    check_name("an event's type", &type_name)?;
    check_value(&format!("the data of {type_name}"), &data, 0)?;
    let data = data.to_string();
    if data.len() > MAX_EVENT_BYTES {
        return Err(format!(
            "the data of {type_name} is {} bytes, the limit is {MAX_EVENT_BYTES}; \
             keep large content in the media store and record its key",
            data.len()
        ));
    }
    Ok(WrittenEvent {
        id,
        type_name,
        schema_version,
        data,
    })
}

fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MAX_NAME_BYTES {
        return Err(format!(
            "{what} is {} bytes long, it takes 1 to {MAX_NAME_BYTES}",
            name.len()
        ));
    }
    check_text(what, name)
}

fn check_value(what: &str, value: &Value, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("{what} is nested deeper than {MAX_DEPTH} levels"));
    }
    match value {
        Value::String(text) => check_text(what, text),
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| check_value(what, item, depth + 1)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, field)| {
            check_text(what, name)?;
            check_value(what, field, depth + 1)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_text(what: &str, text: &str) -> Result<(), String> {
    if text.contains('\0') {
        return Err(format!(
            "{what} contains the character U+0000, which Postgres text cannot hold; remove it"
        ));
    }
    Ok(())
}
