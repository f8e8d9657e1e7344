//! Keyset pages: stable while rows are added, as cheap on page 1,000 as on 1.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The place of a row in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a cursor; pass one from an earlier page")]
pub struct InvalidCursor(String);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id.simple())
    }
}

impl std::str::FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (micros, id) = text.split_once('.')?;
            Some(Self {
                at: DateTime::from_timestamp_micros(micros.parse().ok()?)?,
                id: id.parse().ok()?,
            })
        };
        parse().ok_or_else(|| InvalidCursor(text.to_owned()))
    }
}

/// Which rows of a list, newest first, are wanted.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    pub limit: u16,
    /// Only rows after this one.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// The keyset bound of the page, and how many rows to ask for: one more
    /// than wanted, to know whether there are more.
    pub(crate) fn bounds(&self) -> (Option<DateTime<Utc>>, Option<Uuid>, i64) {
        (
            self.after.map(|cursor| cursor.at),
            self.after.map(|cursor| cursor.id),
            i64::from(self.limit) + 1,
        )
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    pub items: Vec<T>,
    pub has_next: bool,
}

impl<T> Paged<T> {
    /// Of one item more than the `limit` that was asked for, if there is one.
    pub fn cut(mut items: Vec<T>, limit: u16) -> Self {
        let has_next = items.len() > usize::from(limit);
        items.truncate(limit.into());
        Self { items, has_next }
    }
}
