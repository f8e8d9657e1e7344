//! Which events of a page are to be applied, and which must wait.

use std::collections::HashSet;

use event_store::{RecordedEvent, StreamName};
use uuid::Uuid;

use super::{Parked, Read};

pub(super) struct Sorted {
    pub(super) good: Vec<RecordedEvent>,
    pub(super) parked: Vec<Parked>,
}

/// Sorts what was read of a page: events of `streams` wait for those that are
/// parked already, and events that cannot be read are parked, unless `skipped`
/// has them.
pub(super) fn sort(
    events: Vec<Read>,
    mut streams: HashSet<StreamName>,
    skipped: &HashSet<Uuid>,
) -> Sorted {
    let mut sorted = Sorted {
        good: Vec::with_capacity(events.len()),
        parked: Vec::new(),
    };
    for read in events {
        match read {
            Ok(event) if streams.contains(&event.stream) => sorted.parked.push(Parked {
                event: (&event).into(),
                problem: None,
            }),
            Ok(event) => sorted.good.push(event),
            Err(parked) if streams.contains(&parked.event.stream) => sorted.parked.push(Parked {
                problem: None,
                ..*parked
            }),
            Err(parked) if skipped.contains(&parked.event.id) => {}
            Err(parked) => {
                streams.insert(parked.event.stream.clone());
                sorted.parked.push(*parked);
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use domain::StoredEvent;
    use domain::UserId;
    use event_store::{Actor, Metadata, Position};

    use super::*;

    /// Event `number` of a log, of stream `stream`; corrupt if it is negative.
    fn read((number, stream): (i64, u128)) -> Read {
        let position = Position {
            epoch: Uuid::nil(),
            value: number.unsigned_abs(),
        };
        let event = RecordedEvent {
            id: Uuid::from_u128(number.unsigned_abs().into()),
            stream: StreamName::new("video", Uuid::from_u128(stream)),
            revision: 0,
            position,
            event: StoredEvent {
                type_name: "VideoReady".to_owned(),
                schema_version: 1,
                data: serde_json::json!({}),
            },
            metadata: Metadata {
                command_id: Uuid::nil(),
                correlation_id: Uuid::nil(),
                causation_id: None,
                actor: Actor::User {
                    id: UserId::LOCAL_OWNER,
                },
                origin: None,
                owner: UserId::LOCAL_OWNER,
                occurred_at: chrono::DateTime::UNIX_EPOCH,
                traceparent: None,
            },
        };
        if number > 0 {
            return Ok(event);
        }
        Err(Box::new(Parked {
            event: (&event).into(),
            problem: Some("it is a fish".to_owned()),
        }))
    }

    fn sorted(
        page: &[(i64, u128)],
        parked: &[u128],
        skipped: &[u128],
    ) -> (Vec<u64>, Vec<(u64, bool)>) {
        let streams = parked
            .iter()
            .map(|stream| StreamName::new("video", Uuid::from_u128(*stream)))
            .collect();
        let skipped = skipped.iter().map(|id| Uuid::from_u128(*id)).collect();
        let sorted = sort(page.iter().copied().map(read).collect(), streams, &skipped);
        (
            sorted.good.iter().map(|it| it.position.value).collect(),
            sorted
                .parked
                .iter()
                .map(|it| (it.event.position.value, it.problem.is_some()))
                .collect(),
        )
    }

    #[test]
    fn what_follows_an_unreadable_event_in_its_stream_waits_and_the_rest_goes_on() {
        let page = [(1, 7), (-2, 7), (3, 8), (4, 7)];
        let (good, parked) = sorted(&page, &[], &[]);
        assert_eq!(good, [1, 3]);
        assert_eq!(parked, [(2, true), (4, false)]);
    }

    #[test]
    fn what_belongs_to_a_parked_stream_waits() {
        let (good, parked) = sorted(&[(1, 7), (2, 8)], &[7], &[]);
        assert_eq!(good, [2]);
        assert_eq!(parked, [(1, false)]);
    }

    #[test]
    fn an_unreadable_event_that_was_skipped_holds_nothing_up() {
        let (good, parked) = sorted(&[(-1, 7), (2, 7)], &[], &[1]);
        assert_eq!(good, [2]);
        assert_eq!(parked, []);
    }
}
