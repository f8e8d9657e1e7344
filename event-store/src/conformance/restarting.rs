//! Readers that were stopped and go on with the position they saved.

use std::sync::Arc;

use super::Subject;
use crate::{EventStore, Filter, Position, RecordedEvent};

pub async fn a_reader_goes_on_from_any_position_it_was_given(subject: &Subject) {
    let start = subject.head().await;
    for count in [1, 4, 2] {
        subject
            .start_stream(&subject.stream("conformance"), count)
            .await;
    }
    let whole = subject.read_after(start, 100, &Filter::default()).await;

    for (read, event) in whole.iter().enumerate() {
        // As it is kept: in text.
        let saved: Position = event.position.to_string().parse().expect("it was written");
        for page in [1, 3, 100] {
            let rest = subject.read_after(saved, page, &Filter::default()).await;
            assert_eq!(rest[..whole.len() - read - 1], whole[read + 1..]);
        }
    }
}

pub async fn a_reader_that_restarts_after_every_page_sees_the_log_once(subject: &Subject) {
    let start = subject.head().await;
    for count in [3, 1, 5] {
        subject.start_stream(&subject.stream("wanted"), count).await;
        subject.start_stream(&subject.stream("other"), count).await;
    }
    let filter = Filter {
        categories: vec!["wanted".to_owned()],
        ..Filter::default()
    };
    let whole = subject.read_after(start, 100, &filter).await;
    assert!(whole.len() >= 9);

    let stores = [Arc::clone(subject.store()), Arc::clone(subject.second())];
    for page in 1..6 {
        let seen = read_with_restarts(&stores, start, page, &filter).await;
        assert_eq!(seen[..whole.len()], whole[..], "in pages of {page}");
    }
}

/// Each page through the other instance, as another process would go on.
async fn read_with_restarts(
    stores: &[Arc<dyn EventStore>],
    start: Position,
    page: usize,
    filter: &Filter,
) -> Vec<RecordedEvent> {
    let mut seen = Vec::new();
    let mut position = start;
    for store in stores.iter().cycle() {
        let read = store.read_all(position, page, filter).await;
        let read = read.expect("the log can be read");
        seen.extend(read.events);
        position = read.scanned_to;
        if read.is_last {
            break;
        }
    }
    seen
}
