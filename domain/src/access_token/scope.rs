use crate::InvalidField;
use crate::slug::slug_enum;
use crate::topic::visible_text;

slug_enum! {
    /// What an access token is good for, within what its person may do.
    Scope, field "scopes" {
        /// Queries, subscriptions and files.
        Read = "read" "Read",
        /// Mutations about series, videos and music.
        Write = "write" "Write",
        /// The log of events.
        Events = "events" "Events",
        /// What needs the role of an admin.
        Admin = "admin" "Admin",
    }
}

/// What its person calls a token: 1 to 60 visible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

impl TokenName {
    pub const MAX_CHARS: usize = 60;

    pub fn try_new(name: &str) -> Result<Self, InvalidField> {
        visible_text("name", name, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
