//! What each attempt came to.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Webhooks;

/// One attempt at one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub at: DateTime<Utc>,
    pub duration_ms: u32,
    /// What was answered; none when there was no answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub problem: Option<String>,
}

impl Webhooks {
    /// The last `limit` attempts at a message, oldest first. That it is the
    /// viewer's is for the caller to know.
    pub async fn attempts(&self, delivery: Uuid, limit: u16) -> sqlx::Result<Vec<Attempt>> {
        let rows = sqlx::query!(
            "SELECT number, at, duration_ms, status, problem FROM webhook_attempts
             WHERE delivery = $1 ORDER BY number DESC LIMIT $2",
            delivery,
            i64::from(limit)
        )
        .fetch_all(self.pool())
        .await?;
        let attempts = rows.into_iter().rev().map(|row| Attempt {
            number: row.number.cast_unsigned(),
            at: row.at,
            duration_ms: row.duration_ms.cast_unsigned(),
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            problem: row.problem,
        });
        Ok(attempts.collect())
    }
}
