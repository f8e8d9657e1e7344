//! Given these events, when this command, then those events or this refusal.

use crate::Aggregate;

pub(crate) struct Given<A: Aggregate>(Vec<A::Event>);

pub(crate) struct Then<A: Aggregate>(Result<Vec<A::Event>, A::Error>);

pub(crate) fn given<A: Aggregate>(events: impl IntoIterator<Item = A::Event>) -> Given<A> {
    Given(events.into_iter().collect())
}

impl<A: Aggregate> Given<A> {
    pub(crate) fn when(self, command: A::Command) -> Then<A> {
        Then(A::fold(&self.0).decide(command))
    }
}

impl<A: Aggregate> Then<A>
where
    A::Event: std::fmt::Debug + PartialEq,
    A::Error: PartialEq,
{
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = A::Event>) {
        assert_eq!(self.0.unwrap(), expected.into_iter().collect::<Vec<_>>());
    }

    #[track_caller]
    pub(crate) fn then_nothing(self) {
        self.then([]);
    }

    #[track_caller]
    pub(crate) fn then_err(self, expected: A::Error) {
        assert_eq!(self.0.unwrap_err(), expected);
    }
}
