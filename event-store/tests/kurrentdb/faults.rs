//! A server that is away, silent, elsewhere, or stops in the middle.

use std::sync::Arc;
use std::time::Duration;

use event_store::conformance::Subject;
use event_store::kurrentdb::Limits;
use event_store::{AppendError, EventStore, ExpectedRevision, Filter, KurrentLog, StoreError};
use kurrentdb_double::{Double, Lost, Member};
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Fixture, PATIENCE, connect, ids};

/// For a server that has to be given up.
const SILENCE: Limits = Limits {
    in_flight_bytes: 64 * 1024,
    accept_within: Duration::from_millis(200),
    settle_within: Duration::from_millis(600),
    answer_within: Duration::from_millis(300),
    start_within: Duration::from_millis(600),
    look_every: Duration::from_millis(50),
};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_up_late_is_waited_for() {
    let double = Double::start_down().await.unwrap();
    let (ids, url) = (ids(1), double.url().into());
    // An id says how long to pause after a failure. A client that has failed
    // once never connects again (B1).
    let has_failed = ids.taken();
    let connecting = tokio::spawn({
        let ids = Arc::clone(&ids);
        async move { KurrentLog::connect(&url, ids).await }
    });
    timeout(PATIENCE, has_failed).await.unwrap();
    double.up().unwrap();

    let log = timeout(PATIENCE, connecting)
        .await
        .unwrap()
        .unwrap()
        .unwrap();

    let subject = Subject::new(Arc::new(log), Uuid::NAMESPACE_OID);
    subject.start_stream(&subject.stream("late"), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_come_up_is_said_to_be_unreachable() {
    let double = Double::start_down().await.unwrap();

    let outcome = KurrentLog::connect_with(&double.url().into(), ids(1), SILENCE).await;

    let Err(StoreError::Unavailable { source }) = outcome else {
        panic!("it was reached");
    };
    assert!(!source.to_string().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_given_up_and_found_again() {
    let fixture = Fixture::with_limits(SILENCE).await;
    let subject = &fixture.subject;
    let stream = subject.stream("silent");
    let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(1)]);
    fixture.double.hang();

    let outcome = fixture.log.append(command.clone()).await;
    assert!(
        matches!(outcome, Err(AppendError::Unknown { .. })),
        "{outcome:?}"
    );
    let outcome = fixture.log.read_stream(&stream, 0, 1).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable { .. })),
        "{outcome:?}"
    );

    fixture.double.wake();
    let patient = connect(&fixture.double.url(), Limits::default()).await;
    patient.append(command).await.unwrap();
    assert_eq!(patient.read_stream(&stream, 0, 9).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_log_is_busy_and_answers_what_it_accepted() {
    let fixture = Fixture::with_limits(Limits {
        settle_within: PATIENCE,
        answer_within: PATIENCE,
        ..SILENCE
    })
    .await;
    let append = |size: usize| {
        let (subject, log) = (&fixture.subject, Arc::clone(&fixture.log));
        let stream = subject.stream("queued");
        let data = [json!("x".repeat(size))];
        let command = subject.command(&stream, ExpectedRevision::NoStream, data);
        async move { log.append(command).await }
    };
    fixture.double.hang();
    let mut accepted = Box::pin(append(60_000));
    // It takes all of the room as soon as it is looked at.
    assert!(futures::poll!(&mut accepted).is_pending());

    let refused = append(40_000).await;

    assert!(matches!(refused, Err(AppendError::Busy)), "{refused:?}");
    fixture.double.wake();
    accepted.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_answers_what_was_accepted_and_refuses_the_rest() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let command = || {
        let stream = subject.stream("last");
        subject.command(&stream, ExpectedRevision::NoStream, [json!(1)])
    };
    let appending: Vec<_> = (0..20)
        .map(|_| command())
        .map(|command| {
            let log = Arc::clone(&fixture.log);
            tokio::spawn(async move { log.append(command).await })
        })
        .collect();

    fixture.log.shutdown().await;

    for append in appending {
        let outcome = append.await.unwrap();
        assert!(
            matches!(outcome, Ok(_) | Err(AppendError::Closed)),
            "{outcome:?}"
        );
    }
    let late = fixture.log.append(command()).await;
    assert!(matches!(late, Err(AppendError::Closed)), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_moved_is_followed() {
    let fixture = Fixture::open().await;
    let next = Double::start().await.unwrap();
    fixture.double.set_leader_elsewhere(Some(next.address()));
    let subject = &fixture.subject;
    let stream = subject.stream("moved");

    let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(1)]);
    fixture.log.append(command).await.unwrap();

    let read = connect(&next.url(), Limits::default()).await;
    assert_eq!(read.read_stream(&stream, 0, 9).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_whose_leader_died_is_reached_at_its_next() {
    let (first, second) = (
        Double::start().await.unwrap(),
        Double::start().await.unwrap(),
    );
    let members = |is_first_up: bool| {
        let member = |double: &Double, is_leader, is_alive| Member {
            address: double.address(),
            is_leader,
            is_alive,
        };
        vec![
            member(&first, is_first_up, is_first_up),
            member(&second, !is_first_up, true),
        ]
    };
    first.set_members(members(true));
    second.set_members(members(true));
    let url = format!(
        "kurrentdb://{},{}?tls=false",
        first.address(),
        second.address()
    );
    let subject = Subject::new(
        Arc::new(connect(&url, Limits::default()).await),
        Uuid::NAMESPACE_OID,
    );
    subject.start_stream(&subject.stream("cluster"), 1).await;

    first.go_down();
    second.set_members(members(false));
    let stream = subject.stream("cluster");
    subject.start_stream(&stream, 1).await;

    let on_second = connect(&second.url(), Limits::default()).await;
    assert_eq!(on_second.read_stream(&stream, 0, 9).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_cut_short_is_not_taken_for_whole() {
    let fixture = Fixture::open().await;
    let stream = fixture.subject.stream("cut");
    fixture.subject.start_stream(&stream, 10).await;

    for backwards in [false, true] {
        fixture.double.cut_next_read_short();
        let read = if backwards {
            fixture.log.read_stream_back(&stream, None, 100).await
        } else {
            fixture.log.read_stream(&stream, 0, 100).await
        };
        assert_eq!(read.unwrap().len(), 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_log_that_was_cut_short_misses_nothing() {
    let fixture = Fixture::open().await;
    let stream = fixture.subject.stream("cut");
    let before = fixture.log.head().await.unwrap();
    let last = fixture.subject.start_stream(&stream, 10).await;

    fixture.double.cut_next_read_short();
    let mut position = before;
    let mut seen = Vec::new();
    while position.has_reached(&last.position) != Some(true) {
        let page = fixture
            .log
            .read_all(position, 100, &Filter::default())
            .await;
        let page = page.unwrap();
        seen.extend(page.events.into_iter().map(|event| event.revision));
        position = page.scanned_to;
    }

    assert_eq!(seen, (0..10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn hints_go_on_after_a_restart() {
    let fixture = Fixture::open().await;
    let other = connect(&fixture.double.url(), Limits::default()).await;
    let mut hints = fixture.log.hints();
    fixture.double.lose_next_reply(Lost::AfterCommit);
    for restarts in 0..3 {
        let stream = fixture.subject.stream("hinted");
        let data = [json!(restarts)];
        let command = fixture
            .subject
            .command(&stream, ExpectedRevision::NoStream, data);
        hints.mark_unchanged();
        other.append(command).await.unwrap();
        let hinted = timeout(PATIENCE, hints.changed()).await;
        hinted.expect("a hint comes").unwrap();
        fixture.double.restart().unwrap();
    }
}
