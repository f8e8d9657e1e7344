//! Where an event stands in the global order.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place in one incarnation of the log. Opaque: two positions compare only
/// within an epoch, and their difference is no count.
///
/// The epoch changes when a log is restored from a backup or moved to another
/// store; whoever holds a position of another epoch must stop and say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Position {
    pub epoch: Uuid,
    pub value: u64,
}

impl Position {
    /// Before the first event of `epoch`.
    pub const fn start(epoch: Uuid) -> Self {
        Self { epoch, value: 0 }
    }

    /// Whether this position is at or past `other`; `None` when they are of
    /// different epochs and cannot be compared.
    pub fn has_reached(&self, other: &Self) -> Option<bool> {
        (self.epoch == other.epoch).then_some(self.value >= other.value)
    }
}

/// `<value>@<epoch>`: what clients see and give back.
impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.value, self.epoch.simple())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a position; pass one that the program gave, such as 42@<epoch>")]
pub struct InvalidPosition(String);

impl std::str::FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (value, epoch) = text.split_once('@')?;
            Some(Self {
                epoch: epoch.parse().ok()?,
                value: value.parse().ok()?,
            })
        };
        parse().ok_or_else(|| InvalidPosition(text.to_owned()))
    }
}

impl TryFrom<String> for Position {
    type Error = InvalidPosition;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.to_string()
    }
}
