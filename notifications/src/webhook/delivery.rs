//! What became of messages, for the owners of their endpoints.

use chrono::{DateTime, Utc};
use domain::UserId;
use projections::{PageRequest, Paged};
use uuid::Uuid;

use super::payload::{self, TEST_EVENT};
use super::{Webhooks, decoded};
use crate::NotificationError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Pending,
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    fn stored(slug: &str) -> sqlx::Result<Self> {
        [Self::Pending, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|state| state.slug() == slug)
            .ok_or_else(|| decoded(format!("{slug:?} is no state")))
    }
}

/// One message to one endpoint.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: Uuid,
    pub endpoint: Uuid,
    pub event_type: String,
    /// As it is sent.
    pub body: String,
    pub state: DeliveryState,
    pub attempts: u32,
    pub created_at: DateTime<Utc>,
    /// None unless it is pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Delivery {
    /// The header `webhook-id` of every attempt.
    pub fn message_id(&self) -> String {
        message_id(self.id)
    }
}

pub(super) fn message_id(delivery: Uuid) -> String {
    format!("msg_{}", delivery.simple())
}

struct Row {
    id: Uuid,
    endpoint: Uuid,
    event_type: String,
    body: String,
    state: String,
    attempts: i32,
    created_at: DateTime<Utc>,
    next_attempt_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn shown(self) -> sqlx::Result<Delivery> {
        Ok(Delivery {
            id: self.id,
            endpoint: self.endpoint,
            event_type: self.event_type,
            body: self.body,
            state: DeliveryState::stored(&self.state)?,
            attempts: self.attempts.cast_unsigned(),
            created_at: self.created_at,
            next_attempt_at: self.next_attempt_at,
            ended_at: self.ended_at,
        })
    }
}

impl Webhooks {
    /// Of one endpoint of the owner's, newest first.
    pub async fn deliveries(
        &self,
        owner: UserId,
        endpoint: Uuid,
        request: PageRequest,
    ) -> Result<Paged<Delivery>, NotificationError> {
        let after = request.after;
        let rows = sqlx::query_as!(
            Row,
            "SELECT d.id, d.endpoint, d.event_type, d.body, d.state, d.attempts, d.created_at,
                 d.next_attempt_at, d.ended_at
             FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint
             WHERE e.owner = $1 AND e.id = $2
                 AND ($3::timestamptz IS NULL OR (d.created_at, d.id) < ($3, $4::uuid))
             ORDER BY d.created_at DESC, d.id DESC
             LIMIT $5",
            owner.0,
            endpoint,
            after.map(|after| after.at),
            after.map(|after| after.id),
            i64::from(request.limit) + 1
        )
        .fetch_all(self.pool())
        .await?;
        let deliveries = rows.into_iter().map(Row::shown);
        let deliveries = deliveries.collect::<sqlx::Result<Vec<_>>>()?;
        Ok(Paged::cut(deliveries, request.limit))
    }

    /// # Errors
    ///
    /// [`NotificationError::NotFound`] when it is not the owner's.
    pub async fn delivery(&self, owner: UserId, id: Uuid) -> Result<Delivery, NotificationError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT d.id, d.endpoint, d.event_type, d.body, d.state, d.attempts, d.created_at,
                 d.next_attempt_at, d.ended_at
             FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint
             WHERE e.owner = $1 AND d.id = $2",
            owner.0,
            id
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.ok_or(NotificationError::NotFound)?.shown()?)
    }

    /// Sends a message that means nothing, to try an endpoint. Answers with its
    /// delivery's id.
    pub async fn send_test(
        &self,
        owner: UserId,
        endpoint: Uuid,
    ) -> Result<Uuid, NotificationError> {
        self.check_enabled(owner, endpoint).await?;
        let id = self.parts.ids.fresh();
        let now = self.now();
        sqlx::query!(
            "INSERT INTO webhook_deliveries (
                 id, endpoint, event_type, body, state, created_at, round_began_at,
                 next_attempt_at)
             VALUES ($1, $2, $3, $4, 'pending', $5, $5, $5)",
            id,
            endpoint,
            TEST_EVENT,
            payload::test(now),
            now
        )
        .execute(self.pool())
        .await?;
        self.look_now();
        Ok(id)
    }

    /// Sends a message again, from now on for another day; the same message, so
    /// a receiver that had it knows it by its id. One that is pending is only
    /// sent sooner.
    pub async fn redeliver(&self, owner: UserId, id: Uuid) -> Result<(), NotificationError> {
        let delivery = self.delivery(owner, id).await?;
        self.check_enabled(owner, delivery.endpoint).await?;
        sqlx::query!(
            "UPDATE webhook_deliveries
             SET state = 'pending', next_attempt_at = $2, ended_at = NULL,
                 round_began_at = $2, round_attempts = 0
             WHERE id = $1",
            id,
            self.now()
        )
        .execute(self.pool())
        .await?;
        self.look_now();
        Ok(())
    }

    async fn check_enabled(&self, owner: UserId, endpoint: Uuid) -> Result<(), NotificationError> {
        let endpoint = self.endpoint(owner, endpoint).await?;
        match endpoint.disabled {
            Some(_) => Err(NotificationError::Disabled),
            None => Ok(()),
        }
    }
}
