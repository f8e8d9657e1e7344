//! A person with an account: who they are, what they may do, that they are gone.
//!
//! What proves that it is them (passwords, tokens) is no event: it is kept by
//! the write side, and the log says when it was set.

mod command;
mod error;
mod event;
mod role;
#[cfg(test)]
mod tests;

pub use command::UserCommand;
pub use error::UserError;
pub use event::{ErasureCause, PasswordCause, UserEvent};
pub use role::Role;

use crate::{Aggregate, UserId};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum User {
    #[default]
    Absent,
    Active {
        id: UserId,
        role: Role,
    },
    Erased {
        id: UserId,
    },
}

impl User {
    /// None when there is no such account, or no longer.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Active { role, .. } => Some(*role),
            Self::Absent | Self::Erased { .. } => None,
        }
    }
}

impl Aggregate for User {
    const CATEGORY: &'static str = "user";

    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Active { id, .. } | Self::Erased { id } => Some(*id),
        }
    }

    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        use UserCommand as C;
        use UserEvent as E;
        let role = match (self, &command) {
            (Self::Absent, C::Register { .. }) => Role::User,
            (Self::Absent, C::Erase { .. }) | (Self::Erased { .. }, C::Erase { .. }) => {
                return Ok(vec![]);
            }
            (Self::Absent, _) => return Err(UserError::NotFound),
            (Self::Erased { .. }, _) => return Err(UserError::Erased),
            (Self::Active { role, .. }, _) => *role,
        };
        Ok(match command {
            C::Register { .. } if *self != Self::Absent => vec![],
            C::Register {
                user,
                email,
                identity,
            } => {
                let linked =
                    identity.map(|(issuer, subject)| E::IdentityLinked { issuer, subject });
                let begun = [E::Registered { user, email }, E::EmailVerified {}];
                begun.into_iter().chain(linked).collect()
            }
            C::LinkIdentity { issuer, subject } => vec![E::IdentityLinked { issuer, subject }],
            C::SetPassword { cause } => vec![E::PasswordSet { cause }],
            C::ChangeRole { role: wanted } => {
                role.may_become(wanted)?;
                let changed = E::RoleChanged { role: wanted };
                Some(changed)
                    .filter(|_| wanted != role)
                    .into_iter()
                    .collect()
            }
            C::PromoteToOwner if role == Role::Owner => vec![],
            C::PromoteToOwner => vec![E::RoleChanged { role: Role::Owner }],
            C::StepDown if role != Role::Owner => vec![],
            C::StepDown => vec![E::RoleChanged { role: Role::Admin }],
            C::Erase { cause } => {
                role.may_be_erased()?;
                vec![E::Erased { cause }]
            }
        })
    }

    fn evolve(self, event: &UserEvent) -> Self {
        match (self, event) {
            (Self::Absent, UserEvent::Registered { user, .. }) => Self::Active {
                id: *user,
                role: Role::User,
            },
            (Self::Active { id, .. }, UserEvent::RoleChanged { role }) => {
                Self::Active { id, role: *role }
            }
            (Self::Active { id, .. }, UserEvent::Erased { .. }) => Self::Erased { id },
            (unchanged, _) => unchanged,
        }
    }
}
