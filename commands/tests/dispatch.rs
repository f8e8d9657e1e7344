//! The dispatcher on a real log.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it is"
)]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use commands::{CommandContext, DispatchError, Dispatcher, LoadError};
use domain::series::{Series, SeriesCommand, SeriesError, SeriesName};
use domain::settings::ProductionSettings;
use domain::{Clock, DecodeError, StoredEvent, UserId};
use event_store::testing::TestDatabase;
use event_store::{
    Append, EventStore, ExpectedRevision, Metadata, NewEvent, PostgresLog, StreamName,
};
use uuid::Uuid;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

/// A log of its own, and the write side on it.
struct Given {
    dispatcher: Dispatcher,
    log: Arc<PostgresLog>,
    _database: TestDatabase,
}

impl Given {
    async fn an_empty_log() -> Self {
        let database = TestDatabase::create().await;
        let log = PostgresLog::connect(database.pool().clone()).await.unwrap();
        let log = Arc::new(log);
        Self {
            dispatcher: Dispatcher::new(log.clone(), Arc::new(FixedClock)),
            log,
            _database: database,
        }
    }

    async fn events_of(&self, id: Uuid) -> usize {
        let stream = StreamName::new("series", id);
        self.log.read_stream(&stream, 0, 1_000).await.unwrap().len()
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn context(command: u128) -> CommandContext {
    CommandContext::of_user(UserId::LOCAL_OWNER, id(command))
}

fn name(text: &str) -> SeriesName {
    SeriesName::try_new(text).unwrap()
}

fn create() -> SeriesCommand {
    SeriesCommand::Create {
        owner: UserId::LOCAL_OWNER,
        name: name("Sea facts"),
        settings: ProductionSettings::default(),
    }
}

fn rename(to: &str) -> SeriesCommand {
    SeriesCommand::Change {
        name: Some(name(to)),
        settings: None,
    }
}

#[tokio::test]
async fn a_command_that_is_sent_twice_happens_once_and_is_answered_the_same() {
    let given = Given::an_empty_log().await;
    let series = id(1);
    let send = |command, number| {
        let dispatcher = given.dispatcher.clone();
        async move {
            dispatcher
                .dispatch::<Series>(series, command, &context(number))
                .await
                .unwrap()
        }
    };
    send(create(), 10).await;
    let first = send(rename("Land facts"), 11).await;
    send(rename("Air facts"), 12).await;
    let again = send(rename("Land facts"), 11).await;

    assert_eq!(again.events, first.events);
    assert_eq!(given.events_of(series).await, 3);
}

#[tokio::test]
async fn commands_that_race_all_happen_one_after_another() {
    let given = Given::an_empty_log().await;
    let series = id(1);
    given
        .dispatcher
        .dispatch::<Series>(series, create(), &context(10))
        .await
        .unwrap();
    let racing = (0..6).map(|number| {
        let dispatcher = given.dispatcher.clone();
        tokio::spawn(async move {
            let command = rename(&format!("name {number}"));
            dispatcher
                .dispatch::<Series>(series, command, &context(100 + number))
                .await
        })
    });
    for outcome in racing.collect::<Vec<_>>() {
        outcome.await.unwrap().unwrap();
    }
    assert_eq!(given.events_of(series).await, 7);
}

#[tokio::test]
async fn what_belongs_to_another_is_not_found() {
    let given = Given::an_empty_log().await;
    let series = id(1);
    given
        .dispatcher
        .dispatch::<Series>(series, create(), &context(10))
        .await
        .unwrap();
    let stranger = CommandContext::of_user(UserId(id(77)), id(11));
    let refused = given
        .dispatcher
        .dispatch::<Series>(series, SeriesCommand::Archive, &stranger)
        .await;
    assert!(
        matches!(refused, Err(DispatchError::NotFound)),
        "{refused:?}"
    );
    assert_eq!(given.events_of(series).await, 1);
}

#[tokio::test]
async fn a_refusal_of_the_domain_reaches_the_sender_and_records_nothing() {
    let given = Given::an_empty_log().await;
    let refused = given
        .dispatcher
        .dispatch::<Series>(id(1), SeriesCommand::Archive, &context(10))
        .await;
    assert!(
        matches!(refused, Err(DispatchError::Rejected(SeriesError::NotFound))),
        "{refused:?}"
    );
    assert_eq!(given.events_of(id(1)).await, 0);
}

#[tokio::test]
async fn an_event_of_a_newer_program_stops_the_command_and_says_so() {
    let given = Given::an_empty_log().await;
    let append = Append {
        stream: StreamName::new("series", id(1)),
        expected: ExpectedRevision::NoStream,
        events: vec![NewEvent {
            id: id(5),
            event: StoredEvent {
                type_name: "SeriesPainted".to_owned(),
                schema_version: 1,
                data: serde_json::json!({}),
            },
        }],
        metadata: Metadata {
            command_id: id(6),
            correlation_id: id(6),
            causation_id: None,
            actor: event_store::Actor::User {
                id: UserId::LOCAL_OWNER,
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: DateTime::UNIX_EPOCH,
            traceparent: None,
        },
    };
    given.log.append(append).await.unwrap();

    let refused = given
        .dispatcher
        .dispatch::<Series>(id(1), SeriesCommand::Archive, &context(10))
        .await
        .unwrap_err();

    let DispatchError::Load(LoadError::Decode { source, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        matches!(source, DecodeError::UnknownType { .. }),
        "{source}"
    );
}
