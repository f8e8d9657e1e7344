use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::testing::Given;

const ADA: UserId = UserId(Uuid::from_u128(1));

fn given(events: impl IntoIterator<Item = InboxEvent>) -> Given<Inbox> {
    crate::testing::given(events)
}

fn ids(numbers: &[u128]) -> Vec<NotificationId> {
    let id = |number: &u128| NotificationId(Uuid::from_u128(*number));
    numbers.iter().map(id).collect()
}

fn mark(numbers: &[u128]) -> InboxCommand {
    InboxCommand::MarkRead {
        owner: ADA,
        notifications: ids(numbers),
    }
}

fn read(numbers: &[u128]) -> Vec<InboxEvent> {
    let read = |notification| InboxEvent::Read {
        owner: ADA,
        notification,
    };
    ids(numbers).into_iter().map(read).collect()
}

#[test]
fn what_is_marked_is_read_once() {
    given([]).when(mark(&[2, 1, 2])).then(read(&[1, 2]));
    given(read(&[1, 2])).when(mark(&[2, 3])).then(read(&[3]));
    given(read(&[1, 2])).when(mark(&[1])).then_nothing();
    given([]).when(mark(&[])).then_nothing();
}

#[test]
fn so_many_are_marked_at_once_and_no_more() {
    let most: Vec<u128> = (0..MAX_MARKED as u128).collect();
    given([]).when(mark(&most)).then(read(&most));
    let count = MAX_MARKED + 1;
    let more: Vec<u128> = (0..count as u128).collect();
    given([])
        .when(mark(&more))
        .then_err(InboxError::TooMany { count });
}

proptest! {
    #[test]
    fn nothing_is_read_twice_whatever_is_marked(marked in prop::collection::vec(
        prop::collection::vec(0u128..20, 0..6), 0..12))
    {
        let mut inbox = Inbox::default();
        let mut told = BTreeSet::new();
        for numbers in &marked {
            for event in inbox.clone().decide(mark(numbers)).unwrap() {
                let InboxEvent::Read { notification, .. } = &event;
                prop_assert!(told.insert(*notification));
                inbox = inbox.evolve(&event);
            }
        }
        let all: BTreeSet<_> = marked.iter().flat_map(|numbers| ids(numbers)).collect();
        prop_assert_eq!(told, all);
    }
}
