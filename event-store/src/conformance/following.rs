//! What a reader that follows the log sees while others append.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{join, join_all};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Subject;
use crate::{EventStore, ExpectedRevision, Filter, Position, RecordedEvent, StreamName};

const WRITERS: usize = 8;
const APPENDS_EACH: usize = 40;
/// What takes longer than this never comes.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn every_follower_sees_every_append_once_and_in_one_order(subject: &Subject) {
    let before = subject.store().head().await.expect("the log has a head");
    let streams: Vec<_> = (0..WRITERS)
        .map(|_| subject.stream("conformance"))
        .collect();

    let writers = join_all(streams.iter().map(|stream| write(subject, stream)));
    let followers = join_all([1, 7, 500].map(|page| {
        let store = Arc::clone(subject.store());
        let streams = streams.clone();
        let count = WRITERS * APPENDS_EACH;
        tokio::spawn(follow(
            store,
            before,
            page,
            streams,
            count,
            Filter::default(),
        ))
    }));
    let (appended, followed) = timeout(PATIENCE, join(writers, followers))
        .await
        .expect("every follower gets to see every append");

    let mut appended: Vec<_> = appended.into_iter().flatten().collect();
    appended.sort_by_key(|position| position.value);
    for seen in followed {
        let seen = seen.expect("the follower does not panic");
        let positions: Vec<_> = seen.iter().map(|event| event.position).collect();
        assert_eq!(positions, appended);
        assert_revisions_in_order(&seen);
    }
}

pub async fn a_late_follower_catches_up_to_what_is_being_written(subject: &Subject) {
    let before = subject.head().await;
    let history: Vec<_> = (0..5).map(|_| subject.stream("history")).collect();
    for stream in &history {
        subject.start_stream(stream, 60).await;
    }
    let streams: Vec<_> = (0..WRITERS).map(|_| subject.stream("live")).collect();
    let writers = join_all(streams.iter().map(|stream| write(subject, stream)));
    let wanted = [history.clone(), streams.clone()].concat();
    let count = history.len() * 60 + WRITERS * APPENDS_EACH;
    let store = Arc::clone(subject.store());
    let follower = follow(store, before, 23, wanted, count, Filter::default());

    let (_, seen) = timeout(PATIENCE, join(writers, follower))
        .await
        .expect("it catches up");

    assert_eq!(seen.len(), count);
    assert!(seen.is_sorted_by(|a, b| a.position.value < b.position.value));
    assert_revisions_in_order(&seen);
}

pub async fn a_filtered_follower_sees_its_own_and_checkpoints_past_the_rest(subject: &Subject) {
    let before = subject.head().await;
    let wanted: Vec<_> = (0..2).map(|_| subject.stream("wanted")).collect();
    let others: Vec<_> = (0..6).map(|_| subject.stream("other")).collect();
    let all = [wanted.clone(), others].concat();
    let writers = join_all(all.iter().map(|stream| write(subject, stream)));
    let filter = Filter {
        categories: vec!["wanted".to_owned()],
        type_names: vec!["SomethingHappened".to_owned()],
        ..Filter::default()
    };
    let count = wanted.len() * APPENDS_EACH;
    let store = Arc::clone(subject.store());
    let follower = follow(store, before, 5, wanted, count, filter.clone());

    let (written, seen) = timeout(PATIENCE, join(writers, follower))
        .await
        .expect("it sees its own");

    assert_eq!(seen.len(), count);
    assert_revisions_in_order(&seen);
    // A page of others' events only still moves on, to the very end.
    let last = written.concat().into_iter().max_by_key(|at| at.value);
    let last = last.expect("something was written");
    let nothing = Filter {
        categories: vec!["nothing".to_owned()],
        ..filter
    };
    let mut position = before;
    while position.has_reached(&last) != Some(true) {
        let page = subject.store().read_all(position, 50, &nothing).await;
        let page = page.expect("the log can be read");
        assert_eq!(page.events, []);
        assert!(page.scanned_to.value > position.value, "it stands still");
        position = page.scanned_to;
    }
}

pub async fn an_append_is_hinted_at(subject: &Subject) {
    let mut hints = subject.store().hints();
    let stream = subject.stream("conformance");
    for n in 0..3 {
        hints.mark_unchanged();
        let expected = ExpectedRevision::after(u64::checked_sub(n, 1));
        let command = subject.command(&stream, expected, [json!(n)]);
        subject
            .store()
            .append(command)
            .await
            .expect("it is appended");
        timeout(PATIENCE, hints.changed())
            .await
            .expect("a hint comes")
            .expect("the store is open");
    }
}

async fn write(subject: &Subject, stream: &StreamName) -> Vec<Position> {
    let mut positions = Vec::new();
    let mut expected = ExpectedRevision::NoStream;
    for n in 0..APPENDS_EACH {
        let command = subject.command(stream, expected, [json!(n)]);
        let appended = subject
            .store()
            .append(command)
            .await
            .expect("nobody else writes here");
        positions.push(appended.position);
        expected = ExpectedRevision::Exact(appended.revision);
    }
    positions
}

/// Follows `streams` until `count` of their events have been seen and the log
/// has ended.
async fn follow(
    store: Arc<dyn EventStore>,
    from: Position,
    page: usize,
    streams: Vec<StreamName>,
    count: usize,
    filter: Filter,
) -> Vec<RecordedEvent> {
    let mut hints = store.hints();
    let mut position = from;
    let mut seen = Vec::new();
    loop {
        hints.mark_unchanged();
        let read = store
            .read_all(position, page, &filter)
            .await
            .expect("the log can be read");
        position = read.scanned_to;
        seen.extend(
            read.events
                .into_iter()
                .filter(|event| streams.contains(&event.stream)),
        );
        if read.is_last {
            if seen.len() >= count {
                return seen;
            }
            wait(&mut hints).await;
        }
    }
}

/// A hint, or a second: as every reader waits.
async fn wait(hints: &mut watch::Receiver<u64>) {
    let _ = timeout(Duration::from_secs(1), hints.changed()).await;
}

fn assert_revisions_in_order(events: &[RecordedEvent]) {
    let mut next: HashMap<&StreamName, u64> = HashMap::new();
    for event in events {
        let expected = next.entry(&event.stream).or_default();
        assert_eq!(event.revision, *expected);
        *expected += 1;
    }
}
