use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Scope;
use crate::{DomainEvent, Personal, UserId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum AccessTokenEvent {
    #[serde(rename = "AccessTokenCreated")]
    Created {
        owner: UserId,
        name: Personal,
        scopes: Vec<Scope>,
        expires_at: DateTime<Utc>,
    },
    #[serde(rename = "AccessTokenRevoked")]
    Revoked {},
}

impl DomainEvent for AccessTokenEvent {
    const CATALOGUE: &'static [(&'static str, u16)] =
        &[("AccessTokenCreated", 1), ("AccessTokenRevoked", 1)];
}
