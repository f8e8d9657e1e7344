//! How far a stage is, between two events. Goes over core NATS, is never
//! stored, and may be lost: the next one says more.

use domain::Stage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `done` of `total` units: words, scenes, frames or bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageProgress {
    pub video: Uuid,
    pub stage: Stage,
    pub attempt: u32,
    pub done: u64,
    pub total: u64,
    /// What is counted, in the plural: `frames`.
    pub unit: String,
}

impl StageProgress {
    /// 0 to 100.
    pub fn percent(&self) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        (self.done.min(self.total) as f64) * 100.0 / (self.total as f64)
    }
}
