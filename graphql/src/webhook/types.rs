use async_graphql::connection::EmptyFields;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use notifications::webhook;
use projections::Cursor;
use secrecy::ExposeSecret;

use crate::connection::{Listed, Page, page, page_cost, page_request};
use crate::context::Asking;
use crate::error::unexpected;
use crate::notification::NotificationKind;
use crate::reading::OrUnexpected;

/// Attempts that a delivery shows.
const ATTEMPTS_SHOWN: u16 = 50;

/// Why nothing is sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::DisabledBecause")]
pub(crate) enum WebhookDisabledBecause {
    /// You disabled it.
    Asked,
    /// It answered 410, which asks never to be sent anything again.
    Gone,
    /// It took nothing for 5 days.
    Failing,
}

/// How a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::DeliveryState")]
pub(crate) enum WebhookDeliveryState {
    /// To be sent, or to be sent again.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// Given up; `redeliverWebhook` begins anew.
    Failed,
}

pub(crate) struct WebhookEndpoint(pub(super) webhook::Endpoint);

impl From<webhook::Endpoint> for WebhookEndpoint {
    fn from(endpoint: webhook::Endpoint) -> Self {
        Self(endpoint)
    }
}

/// A program of yours that is told what happens, by HTTP.
#[Object]
impl WebhookEndpoint {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn url(&self) -> &str {
        self.0.url.expose_secret()
    }

    async fn description(&self) -> &str {
        &self.0.description
    }

    /// What it is told of.
    async fn kinds(&self) -> Vec<NotificationKind> {
        self.0.kinds.iter().copied().map(Into::into).collect()
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Messages are sent to it.
    async fn enabled(&self) -> bool {
        self.0.disabled.is_none()
    }

    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.0.disabled.map(|(_, at)| at)
    }

    async fn disabled_because(&self) -> Option<WebhookDisabledBecause> {
        self.0.disabled.map(|(because, _)| because.into())
    }

    /// Since when every attempt has failed; null when the last one did not.
    async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.0.failing_since
    }

    /// Until then the secret before signs besides; null when one secret signs.
    async fn old_secret_until(&self) -> Option<DateTime<Utc>> {
        self.0.old_secret_until
    }

    /// Messages to it, newest first, until 30 days after they are over.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
    ) -> Result<Page<WebhookDelivery, EmptyFields>> {
        let request = page_request(first, after.as_deref())?;
        let webhooks = &ctx.api().webhooks;
        let found = webhooks
            .deliveries(ctx.viewer()?, self.0.id, request)
            .await
            .map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(page(found, request, EmptyFields))
    }
}

pub(crate) struct WebhookDelivery(webhook::Delivery);

impl From<webhook::Delivery> for WebhookDelivery {
    fn from(delivery: webhook::Delivery) -> Self {
        Self(delivery)
    }
}

impl Listed for webhook::Delivery {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.id,
        }
    }
}

/// One message to one endpoint.
#[Object]
impl WebhookDelivery {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The header `webhook-id` of every attempt.
    async fn message_id(&self) -> String {
        self.0.message_id()
    }

    /// The `type` of the message, such as `video.ready`.
    async fn event_type(&self) -> &str {
        &self.0.event_type
    }

    /// The message as it is sent: JSON.
    async fn body(&self) -> &str {
        &self.0.body
    }

    async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    async fn attempt_count(&self) -> u32 {
        self.0.attempts
    }

    /// The last 50, oldest first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<WebhookAttempt>> {
        let webhooks = &ctx.api().webhooks;
        let attempts = webhooks.attempts(self.0.id, ATTEMPTS_SHOWN).await;
        let attempts = attempts.or_unexpected(ctx)?;
        Ok(attempts.into_iter().map(Into::into).collect())
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Null unless it is pending.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.0.next_attempt_at
    }

    /// When it was delivered or given up.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }
}

/// One attempt at a message.
#[derive(SimpleObject)]
pub(crate) struct WebhookAttempt {
    /// From 1.
    number: u32,
    at: DateTime<Utc>,
    duration_ms: u32,
    /// What the receiver answered; null when there was no answer.
    status: Option<u16>,
    /// Why there was none, and what to do.
    problem: Option<String>,
}

impl From<webhook::Attempt> for WebhookAttempt {
    fn from(attempt: webhook::Attempt) -> Self {
        Self {
            number: attempt.number,
            at: attempt.at,
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            problem: attempt.problem,
        }
    }
}
