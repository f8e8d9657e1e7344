//! A session: somebody signed in on some device, until they no longer are.

mod event;
#[cfg(test)]
mod tests;

pub use event::{SessionEnd, SessionEvent, SignInMethod};

use crate::{Aggregate, Personal, UserId};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Session {
    #[default]
    Absent,
    Open {
        owner: UserId,
    },
    Ended {
        owner: UserId,
    },
}

#[derive(Debug, Clone)]
pub enum SessionCommand {
    Start {
        owner: UserId,
        method: SignInMethod,
        client: Personal,
    },
    End {
        cause: SessionEnd,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    #[error("there is no such session")]
    NotFound,
}

impl Aggregate for Session {
    const CATEGORY: &'static str = "session";

    type Command = SessionCommand;
    type Event = SessionEvent;
    type Error = SessionError;

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Open { owner } | Self::Ended { owner } => Some(*owner),
        }
    }

    fn decide(&self, command: SessionCommand) -> Result<Vec<SessionEvent>, SessionError> {
        use SessionCommand::{End, Start};
        match (self, command) {
            (
                Self::Absent,
                Start {
                    owner,
                    method,
                    client,
                },
            ) => Ok(vec![SessionEvent::Started {
                owner,
                method,
                client,
            }]),
            (Self::Open { .. }, End { cause }) => Ok(vec![SessionEvent::Ended { cause }]),
            (Self::Absent, End { .. }) => Err(SessionError::NotFound),
            (Self::Open { .. } | Self::Ended { .. }, Start { .. })
            | (Self::Ended { .. }, End { .. }) => Ok(vec![]),
        }
    }

    fn evolve(self, event: &SessionEvent) -> Self {
        match (self, event) {
            (_, SessionEvent::Started { owner, .. }) => Self::Open { owner: *owner },
            (Self::Open { owner }, SessionEvent::Ended { .. }) => Self::Ended { owner },
            (unchanged, SessionEvent::Ended { .. }) => unchanged,
        }
    }
}
