//! The shape every aggregate has.

use std::error::Error;

use crate::UserId;
use crate::catalogue::DomainEvent;

/// A consistency boundary: one stream of events, one state folded from it.
///
/// `decide` holds the rules; `evolve` only remembers. Asked again for what has
/// already happened, `decide` answers `Ok(vec![])`, which is what makes
/// redelivered work harmless.
pub trait Aggregate: Default + Clone + Send + Sync + 'static {
    /// First part of the stream's name: `video` in `video-<uuid>`.
    const CATEGORY: &'static str;

    type Command: Clone + Send + Sync;
    type Event: DomainEvent;
    type Error: Error + Send + Sync + 'static;

    /// Whose it is; nobody's while it does not exist.
    fn owner(&self) -> Option<UserId>;

    /// The events that `command` causes in this state.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after `event`.
    #[must_use]
    fn evolve(self, event: &Self::Event) -> Self;

    /// The state after all of `events`, from the beginning.
    fn fold<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self
    where
        Self::Event: 'a,
    {
        events.into_iter().fold(Self::default(), Self::evolve)
    }
}
