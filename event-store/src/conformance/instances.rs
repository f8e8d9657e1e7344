//! One log, opened by two processes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use super::Subject;
use crate::{AppendError, EventStore, ExpectedRevision, Filter, Position, StreamName};

const WRITERS: usize = 6;
const APPENDS_EACH: usize = 15;
/// What takes longer than this never comes.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn two_instances_write_one_stream_and_nothing_is_lost(subject: &Subject) {
    let before = subject.head().await;
    let stream = subject.stream("contended");
    let writers = (0..WRITERS).map(|n| {
        let store = if n % 2 == 0 {
            subject.store()
        } else {
            subject.second()
        };
        write(subject, Arc::clone(store), &stream)
    });

    let written = timeout(PATIENCE, join_all(writers)).await;

    let written: Vec<_> = written.expect("every writer gets its turn").concat();
    let read = subject.read_stream(&stream).await;
    assert!(
        read.iter()
            .map(|event| event.revision)
            .eq(0..read.len() as u64)
    );
    let acknowledged: HashSet<Position> = written.iter().copied().collect();
    let stored: HashSet<Position> = read.iter().map(|event| event.position).collect();
    assert_eq!(stored, acknowledged);
    assert_eq!(written.len(), WRITERS * APPENDS_EACH);
    for store in [subject.store(), subject.second()] {
        let page = store.read_all(before, 100_000, &Filter::default()).await;
        let page = page.expect("the log can be read");
        let of_stream = page.events.into_iter().filter(|e| e.stream == stream);
        assert!(of_stream.eq(read.iter().cloned()));
    }
}

pub async fn a_repeat_through_another_instance_appends_nothing(subject: &Subject) {
    let stream = subject.stream("conformance");
    let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(0), json!(1)]);
    let first = subject.append(command.clone()).await;
    let later = subject.command(&stream, ExpectedRevision::Exact(1), [json!(2)]);
    subject.append(later).await;

    let again = subject.second().append(command).await;

    let again = again.expect("a repeat is no conflict");
    assert_eq!(
        (again.position, again.revision),
        (first.position, first.revision)
    );
    assert_eq!(subject.read_stream(&stream).await.len(), 3);
}

pub async fn both_instances_are_one_log(subject: &Subject) {
    let appended = subject
        .start_stream(&subject.stream("conformance"), 2)
        .await;

    for store in [subject.store(), subject.second()] {
        let head = store.head().await.expect("the log has a head");
        assert_eq!(head.has_reached(&appended.position), Some(true));
        let start = store.start().await.expect("the log has a start");
        assert_eq!(appended.position.has_reached(&start), Some(true));
    }
}

pub async fn an_append_through_another_instance_is_hinted_at(subject: &Subject) {
    let mut hints = subject.store().hints();
    let stream = subject.stream("conformance");
    for n in 0..3 {
        hints.mark_unchanged();
        let expected = ExpectedRevision::after(u64::checked_sub(n, 1));
        let command = subject.command(&stream, expected, [json!(n)]);
        let appended = subject.second().append(command).await;
        appended.expect("nobody else writes here");
        let hinted = timeout(PATIENCE, hints.changed()).await;
        hinted.expect("a hint comes").expect("the store is open");
    }
}

async fn write(
    subject: &Subject,
    store: Arc<dyn EventStore>,
    stream: &StreamName,
) -> Vec<Position> {
    let mut won = Vec::new();
    let mut expected = ExpectedRevision::NoStream;
    while won.len() < APPENDS_EACH {
        let command = subject.command(stream, expected, [json!(won.len())]);
        match store.append(command).await {
            Ok(appended) => {
                won.push(appended.position);
                expected = ExpectedRevision::Exact(appended.revision);
            }
            Err(AppendError::Conflict { actual, .. }) => {
                expected = ExpectedRevision::after(actual);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    won
}
