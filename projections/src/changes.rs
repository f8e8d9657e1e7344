//! Rows by the position at which they last changed: what a subscription goes on
//! from.
//!
//! A projection applies events in order and commits each batch with its
//! checkpoint, so whoever sees a row at some position sees every change before
//! it too, and `position > last` misses nothing.

use std::sync::Arc;

use domain::SeriesId;
use event_store::Position;
use uuid::Uuid;

/// A thing as it is since `position`.
#[derive(Debug, Clone)]
pub struct Change<V> {
    pub id: Uuid,
    /// The series it belongs to, if it does.
    pub series: Option<SeriesId>,
    pub position: Position,
    /// None when it was deleted.
    pub view: Option<Arc<V>>,
}
