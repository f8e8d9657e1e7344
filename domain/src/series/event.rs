use serde::{Deserialize, Serialize};

use super::SeriesName;
use crate::settings::ProductionSettings;
use crate::{DomainEvent, UserId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SeriesEvent {
    #[serde(rename = "SeriesCreated")]
    Created {
        owner: UserId,
        name: SeriesName,
        settings: ProductionSettings,
    },
    /// The whole of what can change, as it is from now on.
    #[serde(rename = "SeriesChanged")]
    Changed {
        name: SeriesName,
        settings: ProductionSettings,
    },
    #[serde(rename = "SeriesArchived")]
    Archived {},
    /// Its owner was erased.
    #[serde(rename = "SeriesDeleted")]
    Deleted {},
}

impl DomainEvent for SeriesEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[
        ("SeriesCreated", 1),
        ("SeriesChanged", 1),
        ("SeriesArchived", 1),
        ("SeriesDeleted", 1),
    ];
}
