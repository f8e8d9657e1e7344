//! The shape every projection has.

use async_trait::async_trait;
use domain::{DecodeError, UserId};
use event_store::{Filter, Position, RecordedEvent, StoreError};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

/// A row that was written, so that who shows it can look again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Changed {
    pub noun: &'static str,
    pub id: Uuid,
    pub owner: UserId,
}

#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    #[error("the event at {position} cannot be understood")]
    Decode {
        position: Position,
        #[source]
        source: DecodeError,
    },
    #[error("a stored document of {noun} {id} cannot be read")]
    Document {
        noun: &'static str,
        id: Uuid,
        #[source]
        source: serde_json::Error,
    },
    #[error("the read model could not be written")]
    Database(#[from] sqlx::Error),
    #[error("the log could not be read")]
    Store(#[from] StoreError),
}

impl ProjectionError {
    /// The events themselves are why it failed, so that it fails again however
    /// often it is tried: they cannot be understood, or Postgres takes no such
    /// value (SQLSTATE classes 22 and 23,
    /// <https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    pub(crate) fn is_poison(&self) -> bool {
        match self {
            Self::Decode { .. } | Self::Document { .. } => true,
            Self::Database(error) => error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code)
                .is_some_and(|code| code.starts_with("22") || code.starts_with("23")),
            Self::Store(_) => false,
        }
    }
}

/// Turns events into rows of one read model. Pure but for the rows: the same
/// events give the same rows, whenever and however often they are replayed.
#[async_trait]
pub trait Projector: Send + Sync {
    /// The projection's name, which is also its checkpoint's.
    fn name(&self) -> &'static str;

    /// Number of what the code makes of events. Raise it whenever the same
    /// events give other rows, or the tables change: the read model is then
    /// built anew beside the live one when the program starts.
    fn logic(&self) -> u32;

    /// The tables it writes, all of which it owns, without a schema: what
    /// `apply` writes to depends on the `search_path`.
    fn tables(&self) -> &'static [&'static str];

    /// The events it is about.
    fn filter(&self) -> Filter;

    /// Writes what `events`, in order, change. The checkpoint moves in the
    /// same transaction.
    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError>;

    /// The same projector for one long run on one version: it may remember what
    /// it wrote, and is thrown away when a transaction of it is rolled back.
    fn for_bulk(&self) -> Box<dyn Projector>;
}
