//! A person's inbox: which of their notifications they have read. What is in it
//! follows from other events.

mod event;
#[cfg(test)]
mod tests;

pub use event::InboxEvent;

use std::collections::BTreeSet;

use crate::{Aggregate, NotificationId, UserId};

/// Notifications that one command marks.
pub const MAX_MARKED: usize = 1_000;

/// Its stream has the id of its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inbox {
    /// None while nothing was read.
    owner: Option<UserId>,
    read: BTreeSet<NotificationId>,
}

#[derive(Debug, Clone)]
pub enum InboxCommand {
    /// Their owner has seen them. That they are the owner's is for the caller to
    /// know.
    MarkRead {
        owner: UserId,
        notifications: Vec<NotificationId>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    #[error("{count} notifications are too many at once; mark up to {MAX_MARKED}")]
    TooMany { count: usize },
}

impl Aggregate for Inbox {
    const CATEGORY: &'static str = "inbox";

    type Command = InboxCommand;
    type Event = InboxEvent;
    type Error = InboxError;

    fn owner(&self) -> Option<UserId> {
        self.owner
    }

    fn decide(&self, command: InboxCommand) -> Result<Vec<InboxEvent>, InboxError> {
        let InboxCommand::MarkRead {
            owner,
            notifications,
        } = command;
        let count = notifications.len();
        if count > MAX_MARKED {
            return Err(InboxError::TooMany { count });
        }
        let fresh: BTreeSet<_> = notifications
            .into_iter()
            .filter(|one| !self.read.contains(one))
            .collect();
        let read = |notification| InboxEvent::Read {
            owner,
            notification,
        };
        Ok(fresh.into_iter().map(read).collect())
    }

    fn evolve(mut self, event: &InboxEvent) -> Self {
        let InboxEvent::Read {
            owner,
            notification,
        } = event;
        self.owner = Some(*owner);
        self.read.insert(*notification);
        self
    }
}
