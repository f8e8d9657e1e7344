//! What a store says when its connection dies, at each point where it can.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::{Cut, Subject, Then};
use crate::{Append, AppendError, ExpectedRevision, Filter, StoreError};

/// For how long stores try in cases that end well.
pub const PATIENT: Duration = Duration::from_secs(60);
/// For how long stores try in cases where nothing helps.
pub const HASTY: Duration = Duration::from_millis(500);

/// What takes longer than this never comes.
const NEVER: Duration = Duration::from_secs(120);

pub async fn a_commit_that_was_done_unheard_is_found_and_answered(subject: &Subject) {
    cut_off_and_answered(subject, Cut::AfterCommit).await;
}

pub async fn a_commit_that_never_arrived_is_made_again(subject: &Subject) {
    cut_off_and_answered(subject, Cut::BeforeCommit).await;
}

async fn cut_off_and_answered(subject: &Subject, cut: Cut) {
    let command = command(subject);
    let disturbance = subject.disturbance();
    disturbance.cut_next_commit(cut, Then::Reachable).await;

    let appended = subject.append(command.clone()).await;

    assert!(!appended.repeated, "it was this append that was made");
    let read = subject.read_stream(&command.stream).await;
    assert_eq!(read.len(), 2);
    assert_eq!(read[1].position, appended.position);
}

pub async fn a_conflict_is_still_one_after_a_lost_answer(subject: &Subject) {
    let lost = command(subject);
    subject.start_stream(&lost.stream, 1).await;
    let disturbance = subject.disturbance();
    disturbance
        .cut_next_commit(Cut::BeforeCommit, Then::Reachable)
        .await;

    let outcome = subject.store().append(lost.clone()).await;

    match outcome {
        Err(AppendError::Conflict { actual, .. }) => assert_eq!(actual, Some(0)),
        other => panic!("instead of a conflict: {other:?}"),
    }
    assert_eq!(subject.read_stream(&lost.stream).await.len(), 1);
}

pub async fn an_append_waits_for_a_store_that_comes_back(subject: &Subject) {
    let command = command(subject);
    let disturbance = subject.disturbance();
    disturbance.go_away().await;
    let appending = {
        let (store, command) = (subject.store().clone(), command.clone());
        tokio::spawn(async move { store.append(command).await })
    };
    // It has met the fault, unless this machine is very slow; it ends well in
    // either case.
    tokio::task::yield_now().await;
    disturbance.come_back().await;

    let appended = timeout(NEVER, appending).await.expect("it is answered");

    let appended = appended.expect("it does not panic").expect("it is made");
    let read = subject.read_stream(&command.stream).await;
    assert_eq!(read.len(), 2);
    assert_eq!(read[1].position, appended.position);
}

pub async fn a_reader_goes_on_from_where_it_was_once_the_store_is_back(subject: &Subject) {
    let all = Filter::default();
    let stream = subject.stream("disturbed");
    subject.start_stream(&stream, 5).await;
    let page = subject.store().read_all(subject.head().await, 10, &all);
    let read_to = page.await.expect("it is read").scanned_to;
    let disturbance = subject.disturbance();
    disturbance.go_away().await;
    disturbance.come_back().await;
    let more = subject.command(&stream, ExpectedRevision::Exact(4), [json!(5), json!(6)]);
    subject.append(more).await;

    let reading = subject.read_after(read_to, 1, &all);
    let events = timeout(NEVER, reading).await.expect("the log is read");

    let ours = events.iter().filter(|event| event.stream == stream);
    let revisions: Vec<_> = ours.map(|event| event.revision).collect();
    assert_eq!(revisions, [5, 6]);
}

pub async fn an_outcome_that_cannot_be_looked_up_is_unknown_and_a_repeat_settles_it(
    subject: &Subject,
) {
    for cut in [Cut::AfterCommit, Cut::BeforeCommit] {
        let command = command(subject);
        let disturbance = subject.disturbance();
        disturbance.cut_next_commit(cut, Then::Away).await;

        let outcome = subject.store().append(command.clone()).await;
        assert!(
            matches!(outcome, Err(AppendError::Unknown { .. })),
            "{cut:?}: {outcome:?}"
        );

        disturbance.come_back().await;
        let again = repeated_until_answered(subject, &command).await;
        let read = subject.read_stream(&command.stream).await;
        assert_eq!(read.len(), 2, "{cut:?}");
        assert_eq!(read[1].position, again.position);
    }
}

pub async fn an_append_to_a_store_that_stays_away_is_never_said_to_be_done(subject: &Subject) {
    let command = command(subject);
    let disturbance = subject.disturbance();
    disturbance.go_away().await;

    let outcome = subject.store().append(command.clone()).await;

    assert!(
        matches!(
            outcome,
            Err(AppendError::Store { .. } | AppendError::Unknown { .. })
        ),
        "{outcome:?}"
    );
    disturbance.come_back().await;
    repeated_until_answered(subject, &command).await;
    assert_eq!(subject.read_stream(&command.stream).await.len(), 2);
}

pub async fn reading_a_store_that_stays_away_says_that_it_is_unavailable(subject: &Subject) {
    let stream = subject.stream("disturbed");
    subject.start_stream(&stream, 1).await;
    let disturbance = subject.disturbance();
    disturbance.go_away().await;

    let outcome = timeout(NEVER, subject.store().read_stream(&stream, 0, 1)).await;

    let outcome = outcome.expect("it does not wait for ever");
    assert!(
        matches!(outcome, Err(StoreError::Unavailable { .. })),
        "{outcome:?}"
    );
    disturbance.come_back().await;
}

/// As a caller does who was told that the outcome is not known.
async fn repeated_until_answered(subject: &Subject, command: &Append) -> crate::Appended {
    let repeating = async {
        loop {
            match subject.store().append(command.clone()).await {
                Ok(appended) => return appended,
                Err(AppendError::Unknown { .. } | AppendError::Store { .. }) => {}
                Err(error) => panic!("a repeat was answered with {error:?}"),
            }
        }
    };
    timeout(NEVER, repeating).await.expect("the store is back")
}

fn command(subject: &Subject) -> Append {
    let stream = subject.stream("disturbed");
    subject.command(&stream, ExpectedRevision::NoStream, [json!(1), json!(2)])
}
