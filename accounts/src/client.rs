use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Longer names of devices are cut off.
const MAX_AGENT_CHARS: usize = 200;

/// From where somebody asks. Personal: it is sealed wherever it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    pub address: IpAddr,
    /// What the program on their side calls itself.
    pub agent: String,
}

impl Client {
    pub fn new(address: IpAddr, agent: &str) -> Self {
        let visible = agent.chars().filter(|c| !c.is_control());
        Self {
            address,
            agent: visible.take(MAX_AGENT_CHARS).collect(),
        }
    }

    /// None for a form that this program does not know.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a client has string keys only")
    }
}
