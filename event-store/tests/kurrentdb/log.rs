//! What is in the log, and what the server makes of it.

use event_store::kurrentdb::Limits;
use event_store::{
    AppendError, EventStore, ExpectedRevision, Filter, KurrentLog, Position, StoreError,
};
use kurrentdb_double::Double;
use serde_json::json;

use crate::support::{Fixture, connect, ids};

#[tokio::test(flavor = "multi_thread")]
async fn an_append_larger_than_the_server_takes_is_refused_with_the_limit() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let stream = subject.stream("large");
    let data = [json!("x".repeat(1_100_000))];

    let outcome = fixture
        .log
        .append(subject.command(&stream, ExpectedRevision::NoStream, data))
        .await;

    let Err(AppendError::Refused { reason }) = outcome else {
        panic!("{outcome:?}");
    };
    for said in ["SomethingHappened", "1100002", "1048576", "MaxAppendSize"] {
        assert!(reason.contains(said), "{reason}");
    }
    assert!(subject.read_stream(&stream).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_the_server_and_of_others_are_passed_over() {
    let fixture = Fixture::open().await;
    let (double, subject) = (&fixture.double, &fixture.subject);
    let before = fixture.log.head().await.unwrap();
    let stream = subject.stream("ours");
    double.write("$stats-127.0.0.1", "$statsCollected", "{}");
    double.write("somebody", "Else", "{}");
    subject.start_stream(&stream, 2).await;
    double.write(
        "$$ours-6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "$metadata",
        "{}",
    );
    double.write("orders-17", "Else", "{}");

    for page in [1, 2, 10] {
        let events = subject.read_after(before, page, &Filter::default()).await;
        let revisions: Vec<_> = events.iter().map(|event| event.revision).collect();
        assert_eq!(revisions, [0, 1]);
        assert!(events.iter().all(|event| event.stream == stream));
    }
    let end = fixture.log.head().await.unwrap();
    let page = fixture.log.read_all(before, 100, &Filter::default()).await;
    assert_eq!(page.unwrap().scanned_to, end);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_in_our_streams_that_we_did_not_write_is_reported() {
    let fixture = Fixture::open().await;
    let stream = fixture.subject.stream("ours");
    let before = fixture.log.head().await.unwrap();
    fixture.double.write(&stream.to_string(), "Foreign", "{}");

    let read = fixture.log.read_all(before, 10, &Filter::default()).await;

    let Err(StoreError::Corrupt { position, reason }) = read else {
        panic!("{read:?}");
    };
    assert!(position.value > before.value);
    assert!(reason.contains("metadata"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_the_log_survives_it_and_a_new_log_has_another() {
    let fixture = Fixture::open().await;
    let epoch = fixture.log.head().await.unwrap().epoch;
    fixture.double.restart().unwrap();
    let again = KurrentLog::connect(&fixture.double.url().into(), ids(500)).await;
    assert_eq!(again.unwrap().head().await.unwrap().epoch, epoch);

    let other = Double::start().await.unwrap();
    let other = KurrentLog::connect(&other.url().into(), ids(500))
        .await
        .unwrap();
    let from_elsewhere = Position::start(epoch);
    let read = other.read_all(from_elsewhere, 1, &Filter::default()).await;
    assert!(
        matches!(read, Err(StoreError::OtherEpoch { .. })),
        "{read:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_arrives_as_it_was_meant() {
    let double = Double::start().await.unwrap();
    let url = format!("kurrentdb://ann:p%40ss%3Aw@{}?tls=false", double.address());

    connect(&url, Limits::default()).await;

    // "ann:p@ss:w" in base 64.
    let sent = double.authorization().unwrap();
    assert_eq!(sent, "Basic YW5uOnBAc3M6dw==");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_other_event_ids_is_known_by_its_command() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let stream = subject.stream("again");
    let mut command = subject.command(&stream, ExpectedRevision::NoStream, [json!(1), json!(2)]);
    let first = fixture.log.append(command.clone()).await.unwrap();
    command.events.truncate(1);
    command.events[0].id = subject.id();

    let again = fixture.log.append(command).await.unwrap();

    assert!(again.repeated);
    assert_eq!(again.position, first.position);
    assert_eq!(again.revision, 1);
}
