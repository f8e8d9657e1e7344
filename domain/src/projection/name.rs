//! What a projection is called, and why an event was skipped.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use crate::InvalidField;
use crate::topic::visible_text;

/// Of the ids of projections, which derive from their names.
const NAMESPACE: Uuid = uuid!("6f1d3c52-8a0e-5b7e-9c44-2f0a6f7d1b90");

/// A projection's name, as the program's code gives it: `video`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProjectionName(String);

impl ProjectionName {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of its stream.
    pub fn id(&self) -> Uuid {
        Uuid::new_v5(&NAMESPACE, self.0.as_bytes())
    }
}

impl std::fmt::Display for ProjectionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why an event was left out: 1 to 300 visible characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SkipReason(String);

impl SkipReason {
    pub const MAX_CHARS: usize = 300;

    pub fn try_new(text: &str) -> Result<Self, InvalidField> {
        visible_text("reason", text, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
