use uuid::Uuid;

use super::{Comparison, ProjectionName, RebuildCause, SkipReason};

/// An order about one projection.
#[derive(Debug, Clone)]
pub struct ProjectionCommand {
    pub projection: ProjectionName,
    pub order: ProjectionOrder,
}

#[derive(Debug, Clone)]
pub enum ProjectionOrder {
    /// Build it anew beside itself, then swap.
    Rebuild {
        cause: RebuildCause,
        /// Number of the sender's logic; an older program leaves it alone.
        logic: u32,
    },
    Pause,
    /// Go on. With `accept_difference` the new version goes live even if its
    /// rows differ.
    Resume {
        accept_difference: bool,
    },
    /// Give up the rebuild or rollback under way.
    Cancel,
    /// Let the version that was live before catch up, and swap back.
    RollBack,
    /// The builder found rows that differ, and waits.
    Hold {
        version: u32,
    },
    /// The builder has swapped: readers see `version`.
    Complete {
        version: u32,
        comparison: Comparison,
    },
    /// Try the parked events of `stream` again.
    RetryParked {
        stream: String,
    },
    /// Leave the first parked event of `stream` out, and try those behind it.
    SkipParked {
        stream: String,
        event_id: Uuid,
        reason: SkipReason,
    },
}
