use bytes::Bytes;
use uuid::Uuid;

use super::{Expected, Log, Proposed, WrongVersion};

#[test]
fn an_exact_revision_takes_one_of_two_and_says_where_the_stream_is() {
    let mut log = Log::new();
    assert!(log.append("a", Expected::NoStream, events(&[1, 2])).is_ok());

    for expected in [
        Expected::NoStream,
        Expected::Revision(0),
        Expected::Revision(2),
        Expected::Revision(i64::MIN),
    ] {
        let lost = log.append("a", expected, events(&[9]));
        assert_eq!(lost, Err(WrongVersion { current: Some(1) }));
    }
    assert!(log.append("a", Expected::Revision(1), events(&[3])).is_ok());
}

#[test]
fn a_repeat_at_an_exact_revision_is_answered_as_at_first_even_after_a_restart() {
    let mut log = Log::new();
    let first = log
        .append("a", Expected::NoStream, events(&[1, 2]))
        .unwrap();
    let second = log
        .append("a", Expected::Revision(1), events(&[3]))
        .unwrap();
    log.forget_recent();

    let again = log.append("a", Expected::NoStream, events(&[1, 2]));
    assert_eq!(again.unwrap(), first);
    let again = log.append("a", Expected::Revision(1), events(&[3]));
    assert_eq!(again.unwrap(), second);
    assert_eq!(log.last_revision("a"), Some(2));
}

#[test]
fn some_of_the_events_there_and_some_not_is_a_wrong_version() {
    let mut log = Log::new();
    log.append("a", Expected::NoStream, events(&[1, 2]))
        .unwrap();

    for ids in [&[1, 9][..], &[1, 2, 3], &[9, 2]] {
        let outcome = log.append("a", Expected::NoStream, events(ids));
        assert_eq!(outcome, Err(WrongVersion { current: Some(1) }));
    }
}

#[test]
fn without_an_exact_revision_a_repeat_is_known_until_a_restart_only() {
    let mut log = Log::new();
    let first = log.append("a", Expected::Any, events(&[1])).unwrap();
    assert_eq!(log.append("a", Expected::Any, events(&[1])).unwrap(), first);
    log.forget_recent();
    log.append("a", Expected::Any, events(&[1])).unwrap();
    assert_eq!(log.last_revision("a"), Some(1));
}

#[test]
fn positions_go_up_with_gaps() {
    let mut log = Log::new();
    for id in 1..4 {
        log.append("a", Expected::Any, events(&[id])).unwrap();
    }
    let positions: Vec<u64> = log.of("a").map(|record| record.position).collect();
    assert!(positions.is_sorted_by(|a, b| a + 1 < *b), "{positions:?}");
}

fn events(ids: &[u128]) -> Vec<Proposed> {
    ids.iter()
        .map(|id| Proposed {
            id: Uuid::from_u128(*id),
            type_name: "happened".to_owned(),
            content_type: "application/json".to_owned(),
            data: Bytes::from_static(b"{}"),
            metadata: Bytes::new(),
        })
        .collect()
}
