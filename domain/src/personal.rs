//! Personal data as events hold it: sealed, so that the log can stay as it was
//! written when a person is forgotten.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::UserId;

/// A value of one person, under that person's key. The domain passes it on and
/// never looks inside; what opens it, and where it belongs, is the vault's.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Personal {
    person: UserId,
    sealed: String,
}

impl Personal {
    pub fn new(person: UserId, sealed: impl Into<String>) -> Self {
        Self {
            person,
            sealed: sealed.into(),
        }
    }

    /// Whose it is.
    pub fn person(&self) -> UserId {
        self.person
    }

    /// What the vault made of it, with the version of its form in front.
    pub fn sealed(&self) -> &str {
        &self.sealed
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<sealed for {}>", self.person)
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_names_the_person_and_holds_what_was_sealed() {
        let value = Personal::new(UserId::LOCAL_OWNER, "v1.c2VhbGVk");
        let stored = r#"{"person":"00000000-0000-7000-8000-000000000001","sealed":"v1.c2VhbGVk"}"#;
        assert_eq!(serde_json::to_string(&value).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Personal>(stored).unwrap(), value);
    }

    #[test]
    fn printing_it_says_whose_it_is_and_nothing_else() {
        let value = Personal::new(UserId::LOCAL_OWNER, "v1.c2VhbGVk");
        let said = "<sealed for 00000000-0000-7000-8000-000000000001>";
        assert_eq!(value.to_string(), said);
        assert_eq!(format!("{value:?}"), said);
    }
}
