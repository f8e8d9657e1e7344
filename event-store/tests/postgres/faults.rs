//! Connections that end at the worst moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::proxy::{Proxy, Wire};
use crate::support::{Fixture, assert_gapless, kill};
use event_store::conformance::Subject;
use event_store::database::connect;
use event_store::postgres::Limits;
use event_store::testing::TestDatabase;
use event_store::{
    Append, AppendError, Appended, EventStore, ExpectedRevision, Filter, PostgresLog, RecordedEvent,
};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

const KILLS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn every_command_is_there_once_however_often_the_appender_is_cut_off() {
    let fixture = Fixture::open().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..8 {
        let (log, subject) = (Arc::clone(&fixture.log), Arc::clone(&fixture.subject));
        let stop = Arc::clone(&stop);
        writers.spawn(async move {
            let stream = subject.stream("surviving");
            let mut acknowledged = Vec::new();
            let mut expected = ExpectedRevision::NoStream;
            while !stop.load(Ordering::Relaxed) {
                let command = subject.command(&stream, expected, [json!(1), json!(2)]);
                let id = command.metadata.command_id;
                let appended = log.append(command).await.unwrap();
                assert!(!appended.repeated);
                expected = ExpectedRevision::Exact(appended.revision);
                acknowledged.push((id, appended));
            }
            acknowledged
        });
    }

    let mut head = fixture.log.head().await.unwrap();
    for _ in 0..KILLS {
        kill(fixture.database.pool(), "narrate appender").await;
        head = moved_on_from(&fixture.log, head).await;
    }
    stop.store(true, Ordering::Relaxed);
    let acknowledged: Vec<_> = writers.join_all().await.into_iter().flatten().collect();

    let log = fixture.whole_log().await;
    assert_gapless(&log);
    let mut of_command: HashMap<Uuid, Vec<&RecordedEvent>> = HashMap::new();
    for event in &log {
        of_command
            .entry(event.metadata.command_id)
            .or_default()
            .push(event);
    }
    assert_eq!(of_command.len(), acknowledged.len());
    for (command, appended) in acknowledged {
        let events = &of_command[&command];
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].position, appended.position);
        assert_eq!(events[1].revision, appended.revision);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_was_done_unheard_is_found_and_answered() {
    let wired = Wired::open(Limits::default()).await;
    wired.proxy.set(Wire::CutAfterCommit, Wire::Whole);

    let appended = wired.append(wired.command()).await.unwrap();

    assert!(!appended.repeated);
    assert_eq!(wired.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_made_again() {
    let wired = Wired::open(Limits::default()).await;
    wired.proxy.set(Wire::CutBeforeCommit, Wire::Whole);

    let appended = wired.append(wired.command()).await.unwrap();

    assert!(!appended.repeated);
    assert_eq!(wired.events().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_cannot_be_looked_up_is_unknown_and_a_repeat_settles_it() {
    for (cut, repeated) in [(Wire::CutAfterCommit, true), (Wire::CutBeforeCommit, false)] {
        let wired = Wired::open(Limits {
            settle_within: Duration::from_millis(300),
            ..Limits::default()
        })
        .await;
        let command = wired.command();
        wired.proxy.set(cut, Wire::Down);

        let outcome = wired.append(command.clone()).await;
        assert!(
            matches!(outcome, Err(AppendError::Unknown { .. })),
            "{outcome:?}"
        );

        wired.proxy.set(Wire::Whole, Wire::Whole);
        let again = wired.append(command).await.unwrap();
        assert_eq!(again.repeated, repeated);
        assert_eq!(wired.events().await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stays_away_before_the_commit_is_a_failure_and_nothing_is_appended() {
    let wired = Wired::open(Limits {
        settle_within: Duration::from_millis(300),
        ..Limits::default()
    })
    .await;
    wired.proxy.set(Wire::Down, Wire::Down);

    let outcome = wired.append(wired.command()).await;

    assert!(
        matches!(outcome, Err(AppendError::Store { .. })),
        "{outcome:?}"
    );
    assert_eq!(wired.events().await.len(), 0);
}

/// A log that reaches its database through a wire.
struct Wired {
    proxy: Proxy,
    log: PostgresLog,
    /// Has a log of its own that reaches the database directly.
    direct: Subject,
}

impl Wired {
    async fn open(limits: Limits) -> Self {
        let database = TestDatabase::create().await;
        let proxy = Proxy::start(database.url()).await;
        let pool = connect(proxy.url(), 2).await.unwrap();
        let log = PostgresLog::connect_with(pool, limits).await.unwrap();
        let direct = PostgresLog::connect(database.pool().clone()).await.unwrap();
        Self {
            proxy,
            log,
            direct: Subject::new(Arc::new(direct), Uuid::NAMESPACE_OID).keeping(database),
        }
    }

    fn command(&self) -> Append {
        let stream = self.direct.stream("wired");
        self.direct
            .command(&stream, ExpectedRevision::NoStream, [json!(1)])
    }

    async fn append(&self, command: Append) -> Result<Appended, AppendError> {
        self.log.append(command).await
    }

    async fn events(&self) -> Vec<RecordedEvent> {
        let start = self.direct.store().start().await.unwrap();
        self.direct.read_after(start, 100, &Filter::default()).await
    }
}

/// Waits for an append after `head`.
async fn moved_on_from(log: &PostgresLog, head: event_store::Position) -> event_store::Position {
    let mut hints = log.hints();
    loop {
        hints.mark_unchanged();
        let now = log.head().await.unwrap();
        if now != head {
            return now;
        }
        hints.changed().await.unwrap();
    }
}
