//! Many commands in one transaction, and nobody notices.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::support::{Fixture, assert_gapless, until_appender_waits};
use event_store::postgres::Limits;
use event_store::{AppendError, EventStore, ExpectedRevision, StreamName};
use futures::future::join_all;
use serde_json::json;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_append_to_one_log_without_gap_or_repeat() {
    let fixture = Fixture::open().await;
    let other = Arc::new(fixture.another_log().await);
    let shared: Vec<_> = (0..3).map(|_| fixture.subject.stream("shared")).collect();

    let mut writers = JoinSet::new();
    for n in 0..8_usize {
        let log: Arc<dyn EventStore> = if n % 2 == 0 {
            Arc::clone(&fixture.log) as _
        } else {
            Arc::clone(&other) as _
        };
        let (subject, stream) = (Arc::clone(&fixture.subject), shared[n % 3].clone());
        writers.spawn(async move {
            let mut won = Vec::new();
            let mut expected = ExpectedRevision::NoStream;
            while won.len() < 25 {
                match log
                    .append(subject.command(&stream, expected, [json!(n)]))
                    .await
                {
                    Ok(appended) => {
                        won.push(appended.position.value);
                        expected = ExpectedRevision::Exact(appended.revision);
                    }
                    Err(AppendError::Conflict { actual, .. }) => {
                        expected = ExpectedRevision::after(actual);
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            won
        });
    }
    let mut won: Vec<u64> = writers.join_all().await.into_iter().flatten().collect();

    won.sort_unstable();
    assert_eq!(won, (1..=200).collect::<Vec<_>>());
    assert_gapless(&fixture.whole_log().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn losers_and_refused_commands_leave_no_gap() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let stream = subject.stream("contended");
    let first = subject.start_stream(&stream, 1).await;
    let taken = fixture.whole_log().await[0].id;
    assert_eq!(first.position.value, 1);

    let outcomes = join_all((0..60).map(|n| {
        let mut command = match n % 3 {
            0 => subject.command(&stream, ExpectedRevision::Exact(0), [json!(n)]),
            1 => subject.command(
                &subject.stream("own"),
                ExpectedRevision::NoStream,
                [json!(n), json!(n)],
            ),
            _ => subject.command(
                &subject.stream("own"),
                ExpectedRevision::NoStream,
                [json!(n)],
            ),
        };
        if n % 15 == 2 {
            command.events[0].id = taken;
        }
        fixture.log.append(command)
    }))
    .await;

    let count = |wanted: fn(&AppendError) -> bool| {
        outcomes
            .iter()
            .filter(|outcome| outcome.as_ref().is_err_and(wanted))
            .count()
    };
    assert_eq!(
        count(|error| matches!(error, AppendError::Conflict { .. })),
        19
    );
    assert_eq!(
        count(|error| matches!(error, AppendError::Refused { .. })),
        4
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
        37
    );
    let log = fixture.whole_log().await;
    assert_eq!(log.len(), 1 + 1 + 40 + 16);
    assert_gapless(&log);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_command_does_not_fail_its_neighbours() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    subject.start_stream(&subject.stream("earlier"), 1).await;
    let taken = fixture.whole_log().await[0].id;
    let mut commands: Vec<_> = (0..21)
        .map(|n| {
            subject.command(
                &subject.stream("batch"),
                ExpectedRevision::NoStream,
                [json!(n)],
            )
        })
        .collect();
    commands[10].events[0].id = taken;
    let before = transactions_that_wrote(&fixture).await;

    // The first goes alone; the others wait for it and then go together.
    let held = fixture.hold_log().await;
    let mut appending = JoinSet::new();
    for (n, command) in commands.into_iter().enumerate() {
        let log = Arc::clone(&fixture.log);
        appending.spawn(async move { (n, log.append(command).await) });
    }
    until_appender_waits(fixture.database.pool()).await;
    drop(held);
    let outcomes = appending.join_all().await;

    for (n, outcome) in outcomes {
        match outcome {
            Err(AppendError::Refused { reason }) if n == 10 => {
                assert!(reason.contains("event ids"), "{reason}");
            }
            Ok(_) if n != 10 => {}
            other => panic!("command {n} was answered with {other:?}"),
        }
    }
    assert_gapless(&fixture.whole_log().await);
    let transactions = transactions_that_wrote(&fixture).await - before;
    assert!(
        transactions < 20,
        "{transactions} transactions for 20 commands is no group commit"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_busy_and_keeps_what_it_accepted() {
    let fixture = Fixture::with_limits(Limits {
        queue_bytes: 128 * 1024,
        accept_within: Duration::from_millis(200),
        ..Limits::default()
    })
    .await;
    let append = |size: usize| {
        let (subject, log) = (&fixture.subject, Arc::clone(&fixture.log));
        let text = json!("x".repeat(size));
        let command = subject.command(
            &subject.stream("queued"),
            ExpectedRevision::NoStream,
            [text],
        );
        async move { log.append(command).await }
    };
    let held = fixture.hold_log().await;
    let accepted = tokio::spawn(append(100_000));
    until_appender_waits(fixture.database.pool()).await;

    let refused = append(40_000).await;

    assert!(matches!(refused, Err(AppendError::Busy)), "{refused:?}");
    drop(held);
    accepted.await.unwrap().unwrap();
    // One that is larger than the whole queue still gets its turn.
    append(1_000_000).await.unwrap();
    assert_eq!(fixture.whole_log().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_answers_what_was_accepted_and_refuses_the_rest() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let command = || {
        subject.command(
            &subject.stream("last"),
            ExpectedRevision::NoStream,
            [json!(1)],
        )
    };
    let held = fixture.hold_log().await;
    let mut appending = JoinSet::new();
    for command in (0..50).map(|_| command()) {
        let log = Arc::clone(&fixture.log);
        appending.spawn(async move { log.append(command).await });
    }
    until_appender_waits(fixture.database.pool()).await;

    let log = Arc::clone(&fixture.log);
    let stopping = tokio::spawn(async move { log.shutdown().await });
    drop(held);
    let outcomes = appending.join_all().await;
    stopping.await.unwrap();

    let mut acknowledged = HashSet::new();
    for outcome in outcomes {
        match outcome {
            Ok(appended) => assert!(acknowledged.insert(appended.position)),
            // It had not been accepted when the log stopped.
            Err(AppendError::Closed) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(!acknowledged.is_empty());
    let late = fixture.log.append(command()).await;
    assert!(matches!(late, Err(AppendError::Closed)), "{late:?}");
    let read: HashSet<_> = fixture
        .whole_log()
        .await
        .iter()
        .map(|event| event.position)
        .collect();
    assert_eq!(read, acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_stops_waiting_does_not_stop_its_append() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let command = subject.command(
        &subject.stream("left"),
        ExpectedRevision::NoStream,
        [json!(1)],
    );
    let held = fixture.hold_log().await;
    let log = Arc::clone(&fixture.log);
    let leaving = command.clone();
    let caller = tokio::spawn(async move { log.append(leaving).await });
    until_appender_waits(fixture.database.pool()).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(held);

    let again = fixture.log.append(command).await.unwrap();

    assert!(again.repeated);
    assert_eq!(fixture.whole_log().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_only_the_first_is_no_repeat() {
    let fixture = Fixture::open().await;
    let stream = fixture.subject.stream("once");
    let command = fixture
        .subject
        .command(&stream, ExpectedRevision::NoStream, [json!(0)]);

    let outcomes = join_all((0..16).map(|_| fixture.log.append(command.clone()))).await;

    let first = outcomes
        .into_iter()
        .filter(|o| !o.as_ref().unwrap().repeated);
    assert_eq!(first.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_id_is_known_wherever_its_stream_has_come_to() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let stream = subject.stream("moved");
    let mut command = subject.command(&stream, ExpectedRevision::NoStream, [json!(0)]);
    let first = fixture.log.append(command.clone()).await.unwrap();

    command.expected = ExpectedRevision::Exact(0);
    let again = fixture.log.append(command).await.unwrap();

    assert!(again.repeated);
    assert_eq!(again.position, first.position);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_id_cannot_append_to_a_second_stream() {
    let fixture = Fixture::open().await;
    let subject = &fixture.subject;
    let first = subject.command(
        &subject.stream("first"),
        ExpectedRevision::NoStream,
        [json!(1)],
    );
    let mut second = subject.command(
        &subject.stream("second"),
        ExpectedRevision::NoStream,
        [json!(1)],
    );
    second.metadata.command_id = first.metadata.command_id;
    let StreamName { category, .. } = first.stream.clone();
    fixture.log.append(first).await.unwrap();

    match fixture.log.append(second).await {
        Err(AppendError::Refused { reason }) => assert!(reason.contains(&category), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_cannot_be_changed_or_removed() {
    let fixture = Fixture::open().await;
    fixture
        .subject
        .start_stream(&fixture.subject.stream("kept"), 1)
        .await;

    for statement in [
        "UPDATE events SET revision = 9",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        let refusal = sqlx::query(statement)
            .execute(fixture.database.pool())
            .await
            .unwrap_err();
        assert!(
            refusal.to_string().contains("never changed or removed"),
            "{refusal}"
        );
    }
}

/// Counted by the ids that transactions left on the events they inserted.
async fn transactions_that_wrote(fixture: &Fixture) -> i64 {
    sqlx::query_scalar("SELECT count(DISTINCT xmin::text) FROM events")
        .fetch_one(fixture.database.pool())
        .await
        .unwrap()
}
