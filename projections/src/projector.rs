//! The shape every projection has.

use async_trait::async_trait;
use domain::{DecodeError, UserId};
use event_store::{Filter, Position, RecordedEvent};
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
}

/// Turns events into rows of one read model. Pure but for the rows: the same
/// events give the same rows, whenever and however often they are replayed.
#[async_trait]
pub trait Projector: Send + Sync {
    /// The projection's name, which is also its checkpoint's.
    fn name(&self) -> &'static str;

    /// The events it is about.
    fn filter(&self) -> Filter;

    /// Writes what `events`, in order, change. The checkpoint moves in the
    /// same transaction.
    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError>;
}
