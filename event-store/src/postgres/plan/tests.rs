use std::collections::HashMap;

use chrono::DateTime;
use domain::{StoredEvent, UserId};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{Done, Standing, Verdict, plan};
use crate::written::Written;
use crate::{Actor, Append, ExpectedRevision, Metadata, NewEvent, Position, StreamName};

/// What committed batches left behind.
#[derive(Default)]
struct Log {
    head: u64,
    revisions: HashMap<StreamName, u64>,
    done: HashMap<Uuid, Done>,
}

impl Log {
    fn commit(&mut self, batch: &[Written]) -> Vec<Verdict> {
        let head = Position {
            epoch: Uuid::nil(),
            value: self.head,
        };
        let standings = batch.iter().map(|written| Standing {
            last_revision: self.revisions.get(&written.stream).copied(),
            done: self.done.get(&written.command_id).cloned(),
        });
        let standings: Vec<_> = standings.collect();
        let verdicts = plan(head, batch.iter().zip(&standings));
        for (written, verdict) in batch.iter().zip(&verdicts) {
            if let Verdict::Insert(appended) = verdict {
                self.head = appended.position.value;
                self.revisions
                    .insert(written.stream.clone(), appended.revision);
                let done = Done {
                    stream: written.stream.clone(),
                    position: appended.position.value,
                    revision: appended.revision,
                };
                self.done.insert(written.command_id, done);
            }
        }
        verdicts
    }
}

fn written(stream: u128, command: u128, expected: ExpectedRevision, count: usize) -> Written {
    let event = |n| NewEvent {
        id: Uuid::from_u128(n),
        event: StoredEvent {
            type_name: "Happened".to_owned(),
            schema_version: 1,
            data: Value::Null,
        },
    };
    Written::try_new(Append {
        stream: StreamName::new("planned", Uuid::from_u128(stream)),
        expected,
        events: (0..count as u128).map(event).collect(),
        metadata: Metadata {
            command_id: Uuid::from_u128(command),
            correlation_id: Uuid::nil(),
            causation_id: None,
            actor: Actor::User {
                id: UserId::LOCAL_OWNER,
            },
            origin: None,
            owner: UserId::LOCAL_OWNER,
            occurred_at: DateTime::UNIX_EPOCH,
            traceparent: None,
        },
    })
    .expect("it can be stored")
}

/// Few streams, commands and revisions, so that they meet often.
fn appends() -> impl Strategy<Value = Vec<Written>> {
    let expected = prop_oneof![
        Just(ExpectedRevision::NoStream),
        (0..6_u64).prop_map(ExpectedRevision::Exact),
    ];
    let append = (0..3_u128, 0..12_u128, expected, 1..4_usize)
        .prop_map(|(stream, command, expected, count)| written(stream, command, expected, count));
    vec(append, 1..40)
}

proptest! {
    #[test]
    fn a_batch_ends_as_its_appends_would_one_by_one(appends in appends(), cut in 0..40_usize) {
        let (first, second) = appends.split_at(cut.min(appends.len()));
        let mut in_parts = Log::default();
        let mut halves = in_parts.commit(first);
        halves.extend(in_parts.commit(second));

        let mut one_by_one = Log::default();
        let alone: Vec<_> = appends
            .chunks(1)
            .flat_map(|append| one_by_one.commit(append))
            .collect();
        let together = Log::default().commit(&appends);

        prop_assert_eq!(format!("{together:?}"), format!("{alone:?}"));
        prop_assert_eq!(format!("{halves:?}"), format!("{alone:?}"));
    }

    #[test]
    fn only_inserts_draw_positions_and_they_leave_no_gap(appends in appends()) {
        let mut next = 1;
        for (written, verdict) in appends.iter().zip(Log::default().commit(&appends)) {
            if let Verdict::Insert(appended) = verdict {
                next += written.events.len() as u64;
                prop_assert_eq!(appended.position.value, next - 1);
                prop_assert_eq!(appended.revision + 1, written.expected.next() + written.events.len() as u64);
            }
        }
    }

    #[test]
    fn a_command_is_inserted_at_most_once(appends in appends()) {
        let mut inserted = HashMap::new();
        for (written, verdict) in appends.iter().zip(Log::default().commit(&appends)) {
            match verdict {
                Verdict::Insert(appended) => {
                    prop_assert!(inserted.insert(written.command_id, appended).is_none());
                }
                Verdict::Repeat(again) => {
                    let first = inserted[&written.command_id];
                    prop_assert!(again.repeated);
                    prop_assert_eq!((again.position, again.revision), (first.position, first.revision));
                }
                Verdict::Fail(_) => {}
            }
        }
    }
}
