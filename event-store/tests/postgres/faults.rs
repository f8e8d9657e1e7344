//! Connections that end at the worst moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{Fixture, assert_gapless, kill};
use event_store::{EventStore, ExpectedRevision, PostgresLog, RecordedEvent};
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
