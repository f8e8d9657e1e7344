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
    /// May see and do what reaches past their own things.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}
