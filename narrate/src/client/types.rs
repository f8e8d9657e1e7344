//! What the client asks of the API, and what it reads of the answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The fields of [`VideoReport`].
pub(super) const VIDEO_FIELDS: &str = "
    id topic title status errorMessage durationMs videoUrl costMicrousd
    stages { stage state attempts startedAt finishedAt }
    film { width height bytes }
    script { isOffline sources { title } }";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestVideoInput {
    pub command_id: Uuid,
    pub topic: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    pub settings: ProductionSettingsInput,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductionSettingsInput {
    pub niche: String,
    pub art_style: String,
    pub voice: String,
    pub speed_percent: u16,
    pub language: String,
    pub duration: u16,
    pub music: MusicInput,
    pub caption_style: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MusicInput {
    /// `NONE`, `BED` or `OWN`.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mood: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoReport {
    pub id: Uuid,
    pub topic: String,
    pub title: Option<String>,
    pub status: String,
    pub error_message: Option<String>,
    pub duration_ms: Option<u64>,
    pub video_url: Option<String>,
    pub cost_microusd: u64,
    pub stages: Vec<StageReport>,
    pub film: Option<FilmReport>,
    pub script: Option<ScriptReport>,
}

impl VideoReport {
    pub fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "READY" | "FAILED" | "CANCELLED")
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageReport {
    pub stage: String,
    pub state: String,
    pub attempts: u32,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct FilmReport {
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScriptReport {
    pub is_offline: bool,
    pub sources: Vec<SourceReport>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SourceReport {
    pub title: String,
}

/// One message of `videoProgress`.
#[derive(Debug, Clone, Deserialize)]
pub struct ProgressReport {
    pub video: VideoReport,
    pub stage: Option<String>,
    pub done: Option<u64>,
    pub total: Option<u64>,
    pub unit: Option<String>,
}
