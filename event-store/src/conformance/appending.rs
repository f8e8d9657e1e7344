//! What appending does.

use std::collections::HashSet;

use futures::future::join_all;
use serde_json::{Value, json};

use super::Subject;
use crate::{AppendError, ExpectedRevision};

pub async fn events_come_back_as_they_were_appended(subject: &Subject) {
    let stream = subject.stream("conformance");
    let data = json!({
        "text": "naïve 海のタコ قلوب \u{1F419}\u{200d}\u{1F3FD} \"quoted\" \\u0000 \\ / \n\t\u{7f}\u{ffff}",
        "clé": [null, true, false, {}, [], [[]]],
        "numbers": [0, -1, u64::MAX, i64::MIN, 0.1, 1.0, -0.0, 1e17, 5e-324, f64::MAX],
        "": "an empty name",
    });
    let command = subject.command(&stream, ExpectedRevision::NoStream, [data, Value::Null]);

    subject
        .store()
        .append(command.clone())
        .await
        .expect("it is appended");

    let read = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    let returned: Vec<_> = read.iter().map(|event| (event.id, &event.event)).collect();
    let sent: Vec<_> = command
        .events
        .iter()
        .map(|new| (new.id, &new.event))
        .collect();
    assert_eq!(returned, sent);
    assert!(read.iter().all(|event| event.stream == stream));
    assert!(read.iter().all(|event| event.metadata == command.metadata));
}

pub async fn revisions_and_positions_go_up_one_after_the_other(subject: &Subject) {
    let stream = subject.stream("conformance");
    let first = subject.start_stream(&stream, 3).await;
    let more = subject.command(&stream, ExpectedRevision::Exact(2), [json!(3), json!(4)]);
    let second = subject
        .store()
        .append(more)
        .await
        .expect("the stream is at 2");

    assert_eq!((first.revision, second.revision), (2, 4));
    let read = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    let revisions: Vec<_> = read.iter().map(|event| event.revision).collect();
    assert_eq!(revisions, [0, 1, 2, 3, 4]);
    assert_eq!(read[2].position, first.position);
    assert_eq!(read[4].position, second.position);
    assert!(read.is_sorted_by(|a, b| a.position.value < b.position.value));
}

pub async fn one_writer_wins_at_an_expected_revision(subject: &Subject) {
    let stream = subject.stream("conformance");
    subject.start_stream(&stream, 1).await;
    let commands = (0..16).map(|n| {
        let command = subject.command(&stream, ExpectedRevision::Exact(0), [json!(n)]);
        subject.store().append(command)
    });

    let (won, lost): (Vec<_>, Vec<_>) = join_all(commands)
        .await
        .into_iter()
        .partition(Result::is_ok);

    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|outcome| matches!(
        outcome,
        Err(AppendError::Conflict {
            actual: Some(1),
            ..
        })
    )));
    let read = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    assert_eq!(read.len(), 2);
}

pub async fn a_conflict_says_where_the_stream_is(subject: &Subject) {
    let stream = subject.stream("conformance");
    let absent = subject.command(&stream, ExpectedRevision::Exact(7), [json!(0)]);
    let outcome = subject.store().append(absent).await;
    assert!(matches!(
        outcome,
        Err(AppendError::Conflict { actual: None, .. })
    ));

    subject.start_stream(&stream, 2).await;
    for expected in [
        ExpectedRevision::NoStream,
        ExpectedRevision::Exact(0),
        ExpectedRevision::Exact(2),
        ExpectedRevision::Exact(u64::MAX),
    ] {
        let command = subject.command(&stream, expected, [json!(0)]);
        match subject.store().append(command).await {
            Err(AppendError::Conflict {
                stream: of,
                expected: said,
                actual,
            }) => {
                assert_eq!((of, said, actual), (stream.clone(), expected, Some(1)));
            }
            other => panic!("{expected:?} was answered with {other:?}"),
        }
    }
}

pub async fn a_repeated_command_answers_with_its_first_result(subject: &Subject) {
    let stream = subject.stream("conformance");
    let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(0), json!(1)]);
    let first = subject
        .store()
        .append(command.clone())
        .await
        .expect("it is appended");
    let later = subject.command(&stream, ExpectedRevision::Exact(1), [json!(2)]);
    subject
        .store()
        .append(later)
        .await
        .expect("the stream is at 1");

    let again = subject
        .store()
        .append(command)
        .await
        .expect("a repeat is no conflict");

    assert!(!first.repeated && again.repeated);
    assert_eq!(
        (again.position, again.revision),
        (first.position, first.revision)
    );
    let read = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    assert_eq!(read.len(), 3);
}

pub async fn a_command_sent_by_many_at_once_is_appended_once(subject: &Subject) {
    let stream = subject.stream("conformance");
    let command = subject.command(&stream, ExpectedRevision::NoStream, [json!(0)]);

    let outcomes = join_all((0..16).map(|_| subject.store().append(command.clone()))).await;

    let outcomes: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("it is appended"))
        .collect();
    assert!(outcomes.iter().any(|outcome| !outcome.repeated));
    let positions: HashSet<_> = outcomes.iter().map(|outcome| outcome.position).collect();
    assert_eq!(positions.len(), 1);
    let read = subject
        .store()
        .read_stream(&stream, 0, 10)
        .await
        .expect("it is read");
    assert_eq!(read.len(), 1);
}

pub async fn the_largest_event_comes_back_whole(subject: &Subject) {
    let stream = subject.stream("conformance");
    let quotes = 2;
    let data = Value::String("x".repeat(subject.largest_event_bytes() - quotes));
    let command = subject.command(&stream, ExpectedRevision::NoStream, [data.clone()]);

    subject
        .store()
        .append(command)
        .await
        .expect("it is just within the limit");

    let read = subject
        .store()
        .read_stream(&stream, 0, 1)
        .await
        .expect("it is read");
    assert!(read[0].event.data == data, "the data came back changed");
}

pub async fn names_in_any_script_come_back(subject: &Subject) {
    let stream = subject.stream("vidéo海🐙");
    let mut command = subject.command(&stream, ExpectedRevision::NoStream, [json!(1)]);
    command.events[0].event.type_name = "Ereignis مسجّل 記録".to_owned();

    subject.append(command.clone()).await;

    let read = subject.read_stream(&stream).await;
    assert_eq!(read[0].stream, stream);
    assert_eq!(read[0].event, command.events[0].event);
}
