//! What can never be stored, and what is said of it.

use serde_json::{Value, json};

use super::Subject;
use crate::{Append, AppendError, ExpectedRevision, MAX_DEPTH, MAX_EVENT_BYTES};

pub async fn what_cannot_be_stored_is_refused_by_name_and_limit(subject: &Subject) {
    let command = |data: Vec<Value>| {
        let stream = subject.stream("conformance");
        subject.command(&stream, ExpectedRevision::NoStream, data)
    };

    assert_refused(subject, command(vec![]), &["no events"]).await;

    let text = "x".repeat(MAX_EVENT_BYTES);
    let too_large = command(vec![Value::String(text)]);
    assert_refused(subject, too_large, &["SomethingHappened", "4194304"]).await;

    let five_megabytes = command(vec![Value::String("x".repeat(5_000_000))]);
    assert_refused(subject, five_megabytes, &["SomethingHappened", "4194304"]).await;

    let text = Value::String("x".repeat(MAX_EVENT_BYTES - 100));
    let too_large_together = command(vec![text; 5]);
    assert_refused(subject, too_large_together, &["together", "16777216"]).await;

    let too_many = command(vec![Value::Null; 1_001]);
    assert_refused(subject, too_many, &["1001", "1000"]).await;

    let too_deep = (0..=MAX_DEPTH).fold(Value::Null, |inner, _| json!([inner]));
    assert_refused(subject, command(vec![too_deep]), &["nested", "100"]).await;

    let mut with_long_metadata = command(vec![json!(1)]);
    with_long_metadata.metadata.traceparent = Some("0".repeat(20_000));
    assert_refused(subject, with_long_metadata, &["metadata", "16384"]).await;

    let mut twice = command(vec![json!(1), json!(2)]);
    twice.events[1].id = twice.events[0].id;
    assert_refused(subject, twice, &["two of its events have the id"]).await;
}

pub async fn text_that_cannot_be_stored_is_refused(subject: &Subject) {
    let command = |category: &str, data: Value| {
        let stream = subject.stream(category);
        subject.command(&stream, ExpectedRevision::NoStream, [data])
    };

    let in_data = command("conformance", json!({ "a": ["nul: \0"] }));
    assert_refused(subject, in_data, &["data of SomethingHappened", "U+0000"]).await;

    let in_a_name = command("conformance", json!({ "\0": 1 }));
    assert_refused(subject, in_a_name, &["data of SomethingHappened", "U+0000"]).await;

    let mut in_metadata = command("conformance", json!(1));
    in_metadata.metadata.traceparent = Some("\0".to_owned());
    assert_refused(subject, in_metadata, &["metadata", "U+0000"]).await;

    let mut nameless = command("conformance", json!(1));
    nameless.events[0].event.type_name.clear();
    assert_refused(subject, nameless, &["event's type", "200"]).await;

    let hyphenated = command("con-formance", json!(1));
    assert_refused(subject, hyphenated, &["category", "'-'"]).await;

    let long = command(&"c".repeat(201), json!(1));
    assert_refused(subject, long, &["category", "201", "200"]).await;
}

async fn assert_refused(subject: &Subject, append: Append, said: &[&str]) {
    let stream = append.stream.clone();
    match subject.store().append(append).await {
        Err(AppendError::Refused { reason }) => {
            for part in said {
                assert!(reason.contains(part), "{reason:?} does not say {part:?}");
            }
        }
        other => panic!("instead of a refusal that says {said:?}: {other:?}"),
    }
    let read = subject
        .store()
        .read_stream(&stream, 0, 1)
        .await
        .expect("it is read");
    assert!(read.is_empty());
}
