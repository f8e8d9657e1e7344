use super::{ErasureCause, PasswordCause, Role};
use crate::{Personal, UserId};

#[derive(Debug, Clone)]
pub enum UserCommand {
    /// Somebody proved that the address is theirs.
    Register {
        user: UserId,
        email: Personal,
        /// Who vouched for them, and what they are called there.
        identity: Option<(String, Personal)>,
    },
    LinkIdentity {
        issuer: String,
        subject: Personal,
    },
    SetPassword {
        cause: PasswordCause,
    },
    /// By an admin, through the API.
    ChangeRole {
        role: Role,
    },
    /// By whoever runs the server.
    PromoteToOwner,
    /// The owner makes room for another.
    StepDown,
    Erase {
        cause: ErasureCause,
    },
}
