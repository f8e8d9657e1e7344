//! What reading does.

use serde_json::json;

use super::Subject;
use crate::{ExpectedRevision, Filter, MAX_EVENT_BYTES, MAX_PAGE_BYTES, Position, StoreError};

pub async fn a_stream_is_read_in_pages_from_any_revision(subject: &Subject) {
    let stream = subject.stream("conformance");
    subject.start_stream(&stream, 10).await;
    subject
        .start_stream(&subject.stream("conformance"), 3)
        .await;

    for (from, limit, expected) in [
        (0, 4, 0..4),
        (4, 4, 4..8),
        (8, 4, 8..10),
        (10, 4, 10..10),
        (u64::MAX, 4, 0..0),
    ] {
        let page = subject
            .store()
            .read_stream(&stream, from, limit)
            .await
            .expect("it is read");
        let revisions: Vec<_> = page.iter().map(|event| event.revision).collect();
        assert_eq!(revisions, expected.collect::<Vec<_>>());
    }
}

pub async fn a_stream_that_does_not_exist_has_no_events(subject: &Subject) {
    let stream = subject.stream("conformance");
    let events = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    assert_eq!(events, []);
}

pub async fn pages_of_the_log_have_no_gap_and_no_repeat(subject: &Subject) {
    let before = subject.store().head().await.expect("the log has a head");
    let streams: Vec<_> = (0..7).map(|_| subject.stream("conformance")).collect();
    for stream in &streams {
        subject.start_stream(stream, 3).await;
    }
    let ours = Filter::default();
    let whole = subject.read_after(before, 1_000, &ours).await;

    assert!(whole.is_sorted_by(|a, b| a.position.value < b.position.value));
    let of_ours: Vec<_> = whole
        .iter()
        .filter(|event| streams.contains(&event.stream))
        .collect();
    assert_eq!(of_ours.len(), 21);
    for page in [1, 2, 5, 21] {
        assert_eq!(
            subject.read_after(before, page, &ours).await[..whole.len()],
            whole[..]
        );
    }
}

pub async fn a_filtered_page_says_how_far_it_looked(subject: &Subject) {
    let before = subject.store().head().await.expect("the log has a head");
    let wanted = subject.stream("wanted");
    subject.start_stream(&wanted, 2).await;
    subject.start_stream(&subject.stream("other"), 5).await;
    let mut renamed = subject.command(&wanted, ExpectedRevision::Exact(1), [json!(2)]);
    renamed.events[0].event.type_name = "Renamed".to_owned();
    subject
        .store()
        .append(renamed)
        .await
        .expect("the stream is at 1");
    let last = subject.start_stream(&subject.stream("other"), 1).await;

    let filter = |categories: &[&str], type_names: &[&str]| Filter {
        categories: categories.iter().map(|&name| name.to_owned()).collect(),
        streams: Vec::new(),
        type_names: type_names.iter().map(|&name| name.to_owned()).collect(),
    };
    let of_stream = |filter: Filter| Filter {
        streams: vec![wanted.clone()],
        ..filter
    };
    for (filter, count) in [
        (filter(&["wanted"], &[]), 3),
        (filter(&["wanted"], &["Renamed"]), 1),
        (filter(&[], &["Renamed"]), 1),
        (filter(&["other"], &["Renamed"]), 0),
        (filter(&["other", "wanted"], &[]), 9),
        (filter(&["nothing"], &[]), 0),
        (of_stream(filter(&[], &[])), 3),
        (of_stream(filter(&[], &["Renamed"])), 1),
        (of_stream(filter(&["other"], &[])), 9),
        (of_stream(filter(&["nothing"], &[])), 3),
    ] {
        assert_eq!(
            subject.read_after(before, 2, &filter).await.len(),
            count,
            "{filter:?}"
        );
        let page = subject
            .store()
            .read_all(before, 1_000, &filter)
            .await
            .expect("it is read");
        assert_eq!(page.scanned_to.has_reached(&last.position), Some(true));
    }
}

pub async fn a_page_of_large_events_is_cut_short_and_goes_on(subject: &Subject) {
    let before = subject.store().head().await.expect("the log has a head");
    let text = "x".repeat(MAX_EVENT_BYTES - 100);
    let large = MAX_PAGE_BYTES / MAX_EVENT_BYTES + 1;
    for _ in 0..large {
        let stream = subject.stream("large");
        let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(text)]);
        subject.store().append(command).await.expect("it is new");
    }
    let filter = Filter {
        categories: vec!["large".to_owned()],
        ..Filter::default()
    };
    let page = subject.store().read_raw(before, 1_000, &filter).await;
    let page = page.expect("it is read");
    assert!(page.events.len() < large, "{} events", page.events.len());
    let last = page
        .events
        .last()
        .expect("a page never ends before an event");
    assert_eq!((page.scanned_to, page.is_last), (last.position, false));
    assert_eq!(
        subject.read_after(before, 1_000, &filter).await.len(),
        large
    );
}

pub async fn a_position_of_another_log_is_refused(subject: &Subject) {
    let head = subject.store().head().await.expect("the log has a head");
    let elsewhere = Position {
        epoch: subject.id(),
        ..head
    };

    match subject
        .store()
        .read_all(elsewhere, 10, &Filter::default())
        .await
    {
        Err(StoreError::OtherEpoch { position, epoch }) => {
            assert_eq!((position, epoch), (elsewhere, head.epoch));
        }
        other => panic!("instead of a refusal: {other:?}"),
    }
}

pub async fn a_position_beyond_the_head_is_refused(subject: &Subject) {
    let last = subject
        .start_stream(&subject.stream("conformance"), 1)
        .await
        .position;

    for value in [last.value + 1_000_000_000_000, u64::MAX] {
        let beyond = Position { value, ..last };
        match subject
            .store()
            .read_all(beyond, 10, &Filter::default())
            .await
        {
            Err(StoreError::BeyondHead { position, head }) => {
                assert_eq!(position, beyond);
                assert_eq!(head.has_reached(&last), Some(true));
            }
            other => panic!("instead of a refusal: {other:?}"),
        }
    }
}
