//! A personal access token: what a script or a command line shows instead of a
//! session. Its secret is no event.

mod event;
mod scope;
#[cfg(test)]
mod tests;

pub use event::AccessTokenEvent;
pub use scope::{Scope, TokenName};

use chrono::{DateTime, Utc};

use crate::{Aggregate, Personal, UserId};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum AccessToken {
    #[default]
    Absent,
    Active {
        owner: UserId,
    },
    Revoked {
        owner: UserId,
    },
}

#[derive(Debug, Clone)]
pub enum AccessTokenCommand {
    Create {
        owner: UserId,
        name: Personal,
        scopes: Vec<Scope>,
        expires_at: DateTime<Utc>,
    },
    Revoke,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenError {
    #[error("there is no such access token")]
    NotFound,
}

impl Aggregate for AccessToken {
    const CATEGORY: &'static str = "token";

    type Command = AccessTokenCommand;
    type Event = AccessTokenEvent;
    type Error = AccessTokenError;

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Active { owner } | Self::Revoked { owner } => Some(*owner),
        }
    }

    fn decide(
        &self,
        command: AccessTokenCommand,
    ) -> Result<Vec<AccessTokenEvent>, AccessTokenError> {
        use AccessTokenCommand::{Create, Revoke};
        match (self, command) {
            (
                Self::Absent,
                Create {
                    owner,
                    name,
                    scopes,
                    expires_at,
                },
            ) => Ok(vec![AccessTokenEvent::Created {
                owner,
                name,
                scopes,
                expires_at,
            }]),
            (Self::Active { .. }, Revoke) => Ok(vec![AccessTokenEvent::Revoked {}]),
            (Self::Absent, Revoke) => Err(AccessTokenError::NotFound),
            (Self::Active { .. } | Self::Revoked { .. }, Create { .. })
            | (Self::Revoked { .. }, Revoke) => Ok(vec![]),
        }
    }

    fn evolve(self, event: &AccessTokenEvent) -> Self {
        match (self, event) {
            (_, AccessTokenEvent::Created { owner, .. }) => Self::Active { owner: *owner },
            (Self::Active { owner }, AccessTokenEvent::Revoked {}) => Self::Revoked { owner },
            (unchanged, AccessTokenEvent::Revoked {}) => unchanged,
        }
    }
}
