//! Reading both ways, and much of it.

use serde_json::json;

use super::Subject;
use crate::{ExpectedRevision, Filter, Position, RecordedEvent};

const MANY: u64 = 10_000;
const EACH_APPEND: u64 = 1_000;

pub async fn a_stream_is_read_backwards_in_pages_from_any_revision(subject: &Subject) {
    let stream = subject.stream("conformance");
    let none = subject.store().read_stream_back(&stream, None, 4).await;
    assert_eq!(none.expect("it is read"), []);
    subject.start_stream(&stream, 10).await;

    for (before, limit, expected) in [
        (None, 4, &[9, 8, 7, 6][..]),
        (Some(6), 4, &[5, 4, 3, 2]),
        (Some(2), 4, &[1, 0]),
        (Some(0), 4, &[]),
        (Some(10), 1, &[9]),
        (Some(5), 0, &[]),
    ] {
        let page = subject.store().read_stream_back(&stream, before, limit);
        let page = page.await.expect("it is read");
        assert_eq!(revisions(&page), expected, "before {before:?}");
    }
}

pub async fn the_log_read_backwards_is_the_log_read_forwards(subject: &Subject) {
    let start = subject.head().await;
    let (wanted, other) = (subject.stream("wanted"), subject.stream("other"));
    subject.start_stream(&wanted, 5).await;
    subject.start_stream(&other, 4).await;
    let more = subject.command(&wanted, ExpectedRevision::Exact(4), [json!(5)]);
    subject.append(more).await;

    let only_wanted = Filter {
        categories: vec!["wanted".to_owned()],
        ..Filter::default()
    };
    for filter in [Filter::default(), only_wanted] {
        let mut forwards = subject.read_after(start, 3, &filter).await;
        forwards.reverse();
        for page in [1, 2, 3, 100] {
            let backwards = read_back_to(subject, start, page, &filter).await;
            assert_eq!(ours(&backwards, start), forwards, "in pages of {page}");
        }
    }
}

pub async fn a_stream_of_ten_thousand_events_is_read_whole_both_ways(subject: &Subject) {
    let stream = subject.stream("conformance");
    let mut expected = ExpectedRevision::NoStream;
    for first in (0..MANY).step_by(usize::try_from(EACH_APPEND).expect("it is small")) {
        let data = (first..first + EACH_APPEND).map(|n| json!(n));
        let appended = subject
            .append(subject.command(&stream, expected, data))
            .await;
        expected = ExpectedRevision::Exact(appended.revision);
    }

    let forwards = subject.read_stream(&stream).await;
    assert!(revisions(&forwards).into_iter().eq(0..MANY));
    assert!(
        forwards
            .iter()
            .all(|event| event.event.data == json!(event.revision))
    );
    let mut backwards = Vec::new();
    let mut before = None;
    loop {
        let page = subject.store().read_stream_back(&stream, before, 999).await;
        let page = page.expect("it is read");
        let Some(last) = page.last() else { break };
        before = Some(last.revision);
        backwards.extend(page);
    }
    backwards.reverse();
    assert!(backwards == forwards, "backwards is not forwards reversed");
}

/// Newest first, down to `start` or a little further.
async fn read_back_to(
    subject: &Subject,
    start: Position,
    page: usize,
    filter: &Filter,
) -> Vec<RecordedEvent> {
    let mut events = Vec::new();
    let mut before = None;
    loop {
        let read = subject.store().read_all_back(before, page, filter).await;
        let read = read.expect("it is read");
        events.extend(read.events);
        if read.is_last || read.scanned_to.value <= start.value {
            return events;
        }
        before = Some(read.scanned_to);
    }
}

fn ours(events: &[RecordedEvent], start: Position) -> Vec<RecordedEvent> {
    let after = |event: &&RecordedEvent| event.position.value > start.value;
    events.iter().filter(after).cloned().collect()
}

fn revisions(events: &[RecordedEvent]) -> Vec<u64> {
    events.iter().map(|event| event.revision).collect()
}
