//! An event as others know events: CloudEvents 1.0, JSON, on one line.
//!
//! Data and metadata are handed on as they are stored, never parsed into values
//! and written anew: a replay costs little more than copying.
//!
//! Attributes beside the specified ones are named by its rules, lower-case
//! letters and digits, and are strings and integers only.
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>

use std::borrow::Cow;
use std::io::Write;

use event_store::{RawEvent, StoreError};
use memchr::memchr2;
use serde::Deserialize;
use uuid::Uuid;

/// [`event_store::Metadata`] as it is passed on: texts, where they stand.
#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    command_id: Cow<'a, str>,
    #[serde(borrow)]
    correlation_id: Cow<'a, str>,
    #[serde(borrow)]
    causation_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    actor: Actor<'a>,
    #[serde(borrow)]
    owner: Cow<'a, str>,
    #[serde(borrow)]
    occurred_at: Cow<'a, str>,
    #[serde(borrow)]
    traceparent: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Actor<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
}

/// Writes `event` as JSON without a line break in it. Fails with
/// [`StoreError::Corrupt`] only, and has written nothing then.
pub(crate) fn write(event: &RawEvent, out: &mut Vec<u8>) -> Result<(), StoreError> {
    let metadata: Metadata<'_> =
        serde_json::from_str(&event.metadata).map_err(|error| StoreError::Corrupt {
            position: event.position,
            reason: format!("its metadata is not what the log writes: {error}"),
        })?;
    let stream = &event.stream;
    out.extend_from_slice(br#"{"specversion":"1.0","id":""#);
    uuid(&event.id, out);
    out.extend_from_slice(br#"","source":"/narrateai/logs/"#);
    uuid(&event.position.epoch, out);
    out.extend_from_slice(br#"","type":"#);
    text(
        &["narrateai.", &stream.category, ".", &event.type_name],
        out,
    );
    out.extend_from_slice(br#","subject":"#);
    let mut id = Uuid::encode_buffer();
    let id = stream.id.hyphenated().encode_lower(&mut id);
    text(&[&stream.category, "-", id], out);
    out.extend_from_slice(br#","time":"#);
    text(&[&metadata.occurred_at], out);
    out.extend_from_slice(br#","datacontenttype":"application/json","position":""#);
    number(event.position.value, out);
    out.push(b'@');
    let mut epoch = Uuid::encode_buffer();
    let epoch = event.position.epoch.simple().encode_lower(&mut epoch);
    out.extend_from_slice(epoch.as_bytes());
    out.extend_from_slice(br#"","revision":"#);
    number(event.revision, out);
    out.extend_from_slice(br#","schemaversion":"#);
    number(event.schema_version.into(), out);
    out.extend_from_slice(br#","owner":"#);
    text(&[&metadata.owner], out);
    let actor = &metadata.actor;
    out.extend_from_slice(br#","actor":"#);
    let name = actor.id.as_deref().or(actor.name.as_deref());
    text(&[&actor.kind, ":", name.unwrap_or_default()], out);
    out.extend_from_slice(br#","correlationid":"#);
    text(&[&metadata.correlation_id], out);
    if let Some(causation_id) = &metadata.causation_id {
        out.extend_from_slice(br#","causationid":"#);
        text(&[causation_id], out);
    }
    out.extend_from_slice(br#","commandid":"#);
    text(&[&metadata.command_id], out);
    if let Some(traceparent) = &metadata.traceparent {
        out.extend_from_slice(br#","traceparent":"#);
        text(&[traceparent], out);
    }
    out.extend_from_slice(br#","data":"#);
    on_one_line(event.data.as_bytes(), out);
    out.push(b'}');
    Ok(())
}

/// The parts as one JSON string.
fn text(parts: &[&str], out: &mut Vec<u8>) {
    out.push(b'"');
    for part in parts {
        if part
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
        {
            out.extend_from_slice(part.as_bytes());
        } else {
            let quoted = serde_json::to_string(part).expect("a text can be written to memory");
            out.extend_from_slice(&quoted.as_bytes()[1..quoted.len() - 1]);
        }
    }
    out.push(b'"');
}

fn uuid(id: &Uuid, out: &mut Vec<u8>) {
    let mut buffer = Uuid::encode_buffer();
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
}

fn number(value: u64, out: &mut Vec<u8>) {
    write!(out, "{value}").expect("memory takes every byte");
}

/// A line break in JSON can only stand between its tokens, where a space means
/// the same: within strings it must be escaped.
fn on_one_line(mut json: &[u8], out: &mut Vec<u8>) {
    while let Some(end) = memchr2(b'\n', b'\r', json) {
        out.extend_from_slice(&json[..end]);
        out.push(b' ');
        json = &json[end + 1..];
    }
    out.extend_from_slice(json);
}

#[cfg(test)]
mod tests;
