//! Who made a part of a video, and what it cost.

use serde::{Deserialize, Serialize};

use crate::Microusd;

/// The record of one provider's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Short stable name: `offline`, `openai`, ...
    pub name: String,
    /// Model or method, as the provider calls it: `hibari`, `packs/octopus-hearts`.
    pub model: String,
    pub cost: Microusd,
}

impl Provider {
    const OFFLINE: &'static str = "offline";

    /// Work done on this machine, without network, for nothing.
    pub fn offline(model: impl Into<String>) -> Self {
        Self {
            name: Self::OFFLINE.to_owned(),
            model: model.into(),
            cost: Microusd::ZERO,
        }
    }

    pub fn is_offline(&self) -> bool {
        self.name == Self::OFFLINE
    }
}
