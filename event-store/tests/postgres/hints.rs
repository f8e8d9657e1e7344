//! Readers are told, from wherever an append comes.

use crate::support::{Fixture, PATIENCE, kill};
use event_store::{EventStore, ExpectedRevision};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread")]
async fn an_append_by_another_process_is_hinted_at() {
    let fixture = Fixture::open().await;
    let other = fixture.another_log().await;
    let mut hints = listening(&fixture).await;

    for _ in 0..3 {
        append(&fixture, &other).await;
        wait_for(&mut hints).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_was_cut_off_hints_and_hears_again() {
    let fixture = Fixture::open().await;
    let other = fixture.another_log().await;
    let mut hints = listening(&fixture).await;

    for _ in 0..3 {
        kill(fixture.database.pool(), "narrate listener").await;
        wait_for(&mut hints).await;
        append(&fixture, &other).await;
        wait_for(&mut hints).await;
    }
}

/// The first hint comes as soon as the log listens.
async fn listening(fixture: &Fixture) -> watch::Receiver<u64> {
    let mut hints = fixture.log.hints();
    timeout(PATIENCE, hints.wait_for(|&count| count > 0))
        .await
        .expect("the log listens")
        .expect("the log is open");
    hints.mark_unchanged();
    hints
}

async fn wait_for(hints: &mut watch::Receiver<u64>) {
    timeout(PATIENCE, hints.changed())
        .await
        .expect("a hint comes")
        .expect("the log is open");
}

async fn append(fixture: &Fixture, log: &dyn EventStore) {
    let stream = fixture.subject.stream("hinted");
    let command = fixture
        .subject
        .command(&stream, ExpectedRevision::NoStream, [json!(1)]);
    log.append(command).await.unwrap();
}
