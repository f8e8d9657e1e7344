use chrono::{DateTime, Utc};
use domain::UserId;
use event_store::{Actor, Metadata, Position, StreamName};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn metadata() -> Metadata {
    Metadata {
        command_id: Uuid::from_u128(3),
        correlation_id: Uuid::from_u128(4),
        causation_id: Some(Uuid::from_u128(5)),
        actor: Actor::System {
            name: "worker/script".to_owned(),
        },
        origin: None,
        owner: UserId(Uuid::from_u128(6)),
        occurred_at: DateTime::<Utc>::from_timestamp_nanos(1_793_534_400_123_456_000),
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned()),
    }
}

fn event(data: &str, metadata: &Metadata) -> RawEvent {
    RawEvent {
        id: Uuid::from_u128(1),
        stream: StreamName::new("video", Uuid::from_u128(2)),
        revision: 3,
        position: Position {
            epoch: Uuid::from_u128(7),
            value: 42,
        },
        type_name: "VideoReady".to_owned(),
        schema_version: 1,
        data: data.to_owned(),
        metadata: serde_json::to_string(metadata).unwrap(),
    }
}

fn written(event: &RawEvent) -> String {
    let mut out = Vec::new();
    write(event, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_event_is_one_cloud_event_on_one_line() {
    insta::assert_snapshot!(
        written(&event("{}", &metadata())).replace("\",\"", "\",\n\""),
        @r#"
    {"specversion":"1.0",
    "id":"00000000-0000-0000-0000-000000000001",
    "source":"/narrateai/logs/00000000-0000-0000-0000-000000000007",
    "type":"narrateai.video.VideoReady",
    "subject":"video-00000000-0000-0000-0000-000000000002",
    "time":"2026-11-01T12:00:00.123456Z",
    "datacontenttype":"application/json",
    "position":"42@00000000000000000000000000000007",
    "revision":3,"schemaversion":1,"owner":"00000000-0000-0000-0000-000000000006",
    "actor":"system:worker/script",
    "correlationid":"00000000-0000-0000-0000-000000000004",
    "causationid":"00000000-0000-0000-0000-000000000005",
    "commandid":"00000000-0000-0000-0000-000000000003",
    "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "data":{}}
    "#
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let metadata = Metadata {
        causation_id: None,
        traceparent: None,
        actor: Actor::User {
            id: UserId(Uuid::from_u128(6)),
        },
        origin: None,
        ..metadata()
    };
    let envelope: Value = serde_json::from_str(&written(&event("{}", &metadata))).unwrap();
    assert_eq!(
        envelope["actor"],
        "user:00000000-0000-0000-0000-000000000006"
    );
    assert_eq!(envelope.get("causationid"), None);
    assert_eq!(envelope.get("traceparent"), None);
}

#[test]
fn data_that_was_written_over_several_lines_comes_on_one_and_says_the_same() {
    let data = "{\r\n  \"text\": \"two\\nlines\",\n  \"none\": [ ]\n}\n";
    let line = written(&event(data, &metadata()));
    assert!(!line.contains(['\n', '\r']), "{line}");
    let envelope: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        envelope["data"],
        json!({ "text": "two\nlines", "none": [] })
    );
}

#[test]
fn numbers_come_to_the_last_digit() {
    let data = r#"{"n":1.10000000000000000000000001e400}"#;
    let line = written(&event(data, &metadata()));
    assert!(line.ends_with(&format!(r#""data":{data}}}"#)), "{line}");
}

#[test]
fn metadata_of_another_form_is_refused_with_the_events_position() {
    let event = RawEvent {
        metadata: "{}".to_owned(),
        ..event("{}", &metadata())
    };
    let mut out = Vec::new();
    let error = write(&event, &mut out).unwrap_err();
    assert!(error.to_string().contains("42@"), "{error}");
    assert_eq!(out, b"");
}

proptest! {
    #[test]
    fn any_text_anywhere_is_one_line_that_says_the_same(
        text: String, name: String, category in "[^-]{1,9}", trace: String
    ) {
        let metadata = Metadata {
            actor: Actor::System { name: name.clone() },
            origin: None,
            traceparent: Some(trace.clone()),
            ..metadata()
        };
        let data = json!({ "text": text });
        let mut event = event(&serde_json::to_string_pretty(&data).unwrap(), &metadata);
        event.stream.category = category.clone();
        event.type_name = text.clone();
        let line = written(&event);
        prop_assert!(!line.contains(['\n', '\r']));
        let envelope: Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(&envelope["data"], &data);
        prop_assert_eq!(&envelope["type"], &format!("narrateai.{category}.{text}"));
        prop_assert_eq!(&envelope["actor"], &format!("system:{name}"));
        prop_assert_eq!(&envelope["traceparent"], &trace);
        prop_assert_eq!(&envelope["subject"], &event.stream.to_string());
    }
}
