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
        tokio::spawn(follow(store, before, page, streams))
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

/// Follows until all that the writers append has been seen, then looks once
/// more for anything that should not be there.
async fn follow(
    store: Arc<dyn EventStore>,
    from: Position,
    page: usize,
    streams: Vec<StreamName>,
) -> Vec<RecordedEvent> {
    let mut hints = store.hints();
    let mut position = from;
    let mut seen = Vec::new();
    loop {
        hints.mark_unchanged();
        let read = store
            .read_all(position, page, &Filter::default())
            .await
            .expect("the log can be read");
        position = read.scanned_to;
        seen.extend(
            read.events
                .into_iter()
                .filter(|event| streams.contains(&event.stream)),
        );
        if read.is_last {
            if seen.len() >= WRITERS * APPENDS_EACH {
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
