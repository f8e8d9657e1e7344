use super::UserError;
use crate::slug::slug_enum;

slug_enum! {
    /// What a person may do. Each may do what those after it may.
    Role, field "role" {
        /// The one account that no limit, admin or mistake in the API removes.
        Owner = "owner" "Owner",
        /// Everything but what touches the owner.
        Admin = "admin" "Admin",
        /// What is their own.
        User = "user" "User",
    }
}

impl Role {
    /// Whether an admin may make somebody with this role a `wanted` one.
    pub fn may_become(self, wanted: Self) -> Result<(), UserError> {
        match (self, wanted) {
            (Self::Owner, _) => Err(UserError::IsOwner),
            (_, Self::Owner) => Err(UserError::OwnerIsPromoted),
            _ => Ok(()),
        }
    }

    /// Whether somebody with this role may be erased.
    pub fn may_be_erased(self) -> Result<(), UserError> {
        if self == Self::Owner {
            return Err(UserError::IsOwner);
        }
        Ok(())
    }

    /// May see and do what reaches past their own things.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}
