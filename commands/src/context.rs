//! Who sends a command, and because of what.

use domain::{Personal, UserId};
use event_store::Actor;
use uuid::Uuid;

/// Everything about a command except what it says.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// Chosen by the sender; the same id is the same command.
    pub command_id: Uuid,
    pub correlation_id: Uuid,
    /// The event that led to this command, if one did.
    pub causation_id: Option<Uuid>,
    pub actor: Actor,
    /// Where the actor asked from, sealed for them at the correlation id.
    pub origin: Option<Personal>,
    /// Whose aggregate it is about. One of another owner is not found.
    pub owner: UserId,
    pub traceparent: Option<String>,
}

impl CommandContext {
    /// A command of `user` about something of their own. Starts a correlation.
    pub fn of_user(user: UserId, command_id: Uuid) -> Self {
        Self {
            command_id,
            correlation_id: command_id,
            causation_id: None,
            actor: Actor::User { id: user },
            origin: None,
            owner: user,
            traceparent: None,
        }
    }

    /// The id of this command's event number `ordinal`.
    pub fn event_id(&self, ordinal: usize) -> Uuid {
        event_id(self.command_id, ordinal)
    }
}

/// The id of the event number `ordinal` of a command: known before it is decided,
/// for what is sealed for that event alone.
pub fn event_id(command_id: Uuid, ordinal: usize) -> Uuid {
    Uuid::new_v5(&command_id, &(ordinal as u64).to_be_bytes())
}
