//! Who made a part of a video, and what it cost.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Microusd;
use crate::slug::slug_enum;

slug_enum! {
    /// What a provider counts when it asks for money.
    UsageUnit, field "unit" {
        InputTokens = "input-tokens" "Tokens read",
        OutputTokens = "output-tokens" "Tokens written",
        Characters = "characters" "Characters spoken",
        AudioMilliseconds = "audio-ms" "Milliseconds of sound",
        Images = "images" "Pictures",
        Pixels = "pixels" "Pixels",
        Credits = "credits" "Credits",
    }
}

/// So much of something that a provider charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub unit: UsageUnit,
    pub amount: u64,
}

/// When and where it was said what a model asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSource {
    pub checked: NaiveDate,
    /// The address of a page.
    pub source: String,
}

/// The record of one provider's work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Short stable name: `offline`, `openai`, ...
    pub name: String,
    /// Model or method, as the provider calls it: `hibari`, `packs/octopus-hearts`.
    pub model: String,
    pub cost: Microusd,
    /// What `cost` is made of; empty for what costs nothing, and for what was
    /// recorded before there was a price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// Which text the provider was asked with: `science/3f2a91c0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

impl Provider {
    const OFFLINE: &'static str = "offline";
    const OWN: &'static str = "own";

    /// Work done on this machine, without network, for nothing.
    pub fn offline(model: impl Into<String>) -> Self {
        Self {
            name: Self::OFFLINE.to_owned(),
            model: model.into(),
            cost: Microusd::ZERO,
            usage: Vec::new(),
            prompt: None,
        }
    }

    /// The user, who brought it.
    pub fn own(model: impl Into<String>) -> Self {
        Self {
            name: Self::OWN.to_owned(),
            ..Self::offline(model)
        }
    }

    pub fn is_offline(&self) -> bool {
        self.name == Self::OFFLINE
    }
}
