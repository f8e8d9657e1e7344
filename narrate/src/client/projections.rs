//! What admins ask about projections.

use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Message, refusal};
use super::{ApiClient, ClientError};

const FIELDS: &str = "
    name version isCaughtUp parkedCount previousVersion comparison
    work { version state events estimatedEvents eventsPerSecond percent }";
/// Parked events asked for at once; the most that one answer holds.
const PAGE: usize = 100;

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectionReport {
    pub name: String,
    pub version: u32,
    pub is_caught_up: bool,
    pub parked_count: u64,
    pub previous_version: Option<u32>,
    pub comparison: Option<String>,
    pub work: Option<WorkReport>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkReport {
    pub version: u32,
    pub state: String,
    pub events: u64,
    pub estimated_events: Option<u64>,
    pub events_per_second: Option<f64>,
    pub percent: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParkedReport {
    pub id: String,
    pub stream: String,
    pub position: String,
    pub type_name: String,
    pub problem: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    projection: Option<ProjectionReport>,
    errors: Vec<Message>,
}

impl ApiClient {
    pub async fn projections(&self) -> Result<Vec<ProjectionReport>, ClientError> {
        let query = format!("{{ admin {{ projections {{ {FIELDS} }} }} }}");
        let mut data = self.ask(&query, json!({})).await?;
        Ok(serde_json::from_value(data["admin"]["projections"].take())?)
    }

    /// Sends `mutation`, whose input is of the type `input_type`.
    pub async fn order(
        &self,
        mutation: &str,
        input_type: &str,
        input: Value,
    ) -> Result<ProjectionReport, ClientError> {
        let query = format!(
            "mutation($input: {input_type}!) {{
                admin {{
                    payload: {mutation}(input: $input) {{
                        projection {{ {FIELDS} }} errors {{ message }}
                    }}
                }}
            }}"
        );
        let mut data = self.ask(&query, json!({ "input": input })).await?;
        let payload: Payload = serde_json::from_value(data["admin"]["payload"].take())?;
        refusal(&payload.errors)?;
        payload
            .projection
            .ok_or_else(|| ClientError::Refused("the projection is not there".to_owned()))
    }

    /// Everything that `projection` has parked, in the order of the log.
    pub async fn parked(&self, projection: &str) -> Result<Vec<ParkedReport>, ClientError> {
        let query = "query($projection: String!, $first: Int!, $after: String) {
            admin {
                parkedEvents(projection: $projection, first: $first, after: $after) {
                    id stream position typeName problem
                }
            }
        }";
        let mut all: Vec<ParkedReport> = Vec::new();
        loop {
            let after = all.last().map(|last| last.position.clone());
            let variables = json!({ "projection": projection, "first": PAGE, "after": after });
            let mut data = self.ask(query, variables).await?;
            let page: Vec<ParkedReport> =
                serde_json::from_value(data["admin"]["parkedEvents"].take())?;
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }
}
