use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ProjectionName, SkipReason};
use crate::DomainEvent;
use crate::slug::slug_enum;

slug_enum! {
    /// Why a projection is built anew.
    RebuildCause, field "cause" {
        /// An admin asked for it.
        Asked = "asked" "Asked for",
        /// The program writes other rows than the one that wrote the live ones.
        LogicChanged = "logic-changed" "Logic changed",
    }
}

slug_enum! {
    /// What the rows of a new version are beside those of the live one, at the
    /// same position of the log.
    Comparison, field "comparison" {
        Same = "same" "Same",
        Differs = "differs" "Differs",
        /// The logic changed, so other rows are what was wanted.
        NotCompared = "not-compared" "Not compared",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum ProjectionEvent {
    #[serde(rename = "ProjectionRebuildRequested")]
    RebuildRequested {
        projection: ProjectionName,
        version: u32,
        /// Number of the logic of the program that asked; an older one leaves
        /// it alone.
        logic: u32,
        cause: RebuildCause,
    },
    #[serde(rename = "ProjectionRebuildPaused")]
    RebuildPaused {
        projection: ProjectionName,
        version: u32,
    },
    #[serde(rename = "ProjectionRebuildResumed")]
    RebuildResumed {
        projection: ProjectionName,
        version: u32,
        accept_difference: bool,
    },
    /// Its rows differ from the live ones, and somebody must decide.
    #[serde(rename = "ProjectionRebuildHeld")]
    RebuildHeld {
        projection: ProjectionName,
        version: u32,
    },
    #[serde(rename = "ProjectionRebuildCancelled")]
    RebuildCancelled {
        projection: ProjectionName,
        version: u32,
    },
    /// `version` is what readers see from now on.
    #[serde(rename = "ProjectionRebuildCompleted")]
    RebuildCompleted {
        projection: ProjectionName,
        version: u32,
        comparison: Comparison,
    },
    #[serde(rename = "ProjectionRollbackRequested")]
    RollbackRequested {
        projection: ProjectionName,
        version: u32,
    },
    #[serde(rename = "ProjectionRollbackCancelled")]
    RollbackCancelled {
        projection: ProjectionName,
        version: u32,
    },
    /// `version` is what readers see again.
    #[serde(rename = "ProjectionRolledBack")]
    RolledBack {
        projection: ProjectionName,
        version: u32,
    },
    /// `stream` as the log names it: `video-<uuid>`.
    #[serde(rename = "ParkedEventsRetried")]
    ParkedRetried {
        projection: ProjectionName,
        stream: String,
    },
    #[serde(rename = "ParkedEventSkipped")]
    ParkedSkipped {
        projection: ProjectionName,
        stream: String,
        event_id: Uuid,
        reason: SkipReason,
    },
}

impl DomainEvent for ProjectionEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[
        ("ProjectionRebuildRequested", 1),
        ("ProjectionRebuildPaused", 1),
        ("ProjectionRebuildResumed", 1),
        ("ProjectionRebuildHeld", 1),
        ("ProjectionRebuildCancelled", 1),
        ("ProjectionRebuildCompleted", 1),
        ("ProjectionRollbackRequested", 1),
        ("ProjectionRollbackCancelled", 1),
        ("ProjectionRolledBack", 1),
        ("ParkedEventsRetried", 1),
        ("ParkedEventSkipped", 1),
    ];
}
