//! The CloudEvents that the server sends, as docs/EVENTS.md has them.

use std::borrow::Cow;

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// `narrateai.<category>.<type>`
    #[serde(rename = "type", borrow)]
    type_name: Cow<'a, str>,
    /// The stream: `<category>-<uuid>`.
    #[serde(borrow)]
    subject: Cow<'a, str>,
    pub time: DateTime<Utc>,
    #[serde(borrow)]
    pub position: Cow<'a, str>,
    pub revision: i64,
    #[serde(rename = "schemaversion")]
    pub schema_version: i32,
    #[serde(borrow)]
    pub owner: Cow<'a, str>,
    #[serde(borrow)]
    pub actor: Cow<'a, str>,
    #[serde(rename = "correlationid", borrow)]
    pub correlation_id: Cow<'a, str>,
    #[serde(rename = "causationid", borrow)]
    pub causation_id: Option<Cow<'a, str>>,
    #[serde(rename = "commandid", borrow)]
    pub command_id: Cow<'a, str>,
    #[serde(borrow)]
    pub data: &'a RawValue,
}

impl<'a> Envelope<'a> {
    pub(super) fn parse(line: &'a [u8]) -> anyhow::Result<Self> {
        serde_json::from_slice(line).context("the server's events are of another version")
    }

    /// `video`, and the id.
    pub(super) fn stream(&self) -> (&str, &str) {
        self.subject.split_once('-').unwrap_or((&self.subject, ""))
    }

    /// The stored name: `VideoReady`.
    pub(super) fn stored_type(&self) -> &str {
        self.type_name.rsplit('.').next().unwrap_or(&self.type_name)
    }

    /// Of its place in the log the part that is a number.
    pub(super) fn position_value(&self) -> anyhow::Result<i64> {
        place(&self.position).context("an event's position has no number")
    }
}

/// `42` of `42@<epoch>`.
pub(super) fn place(position: &str) -> Option<i64> {
    position.split_once('@')?.0.parse().ok()
}
