//! Messages that people have sent themselves.

use accounts::limits::WEBHOOK_SENDS;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use uuid::Uuid;

use super::mutation::{ENDPOINT, target};
use super::refusal;
use super::types::WebhookDelivery;
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::limit;
use crate::reading::parse_id;

/// An endpoint to try.
#[derive(InputObject)]
pub(crate) struct SendTestWebhookInput {
    endpoint_id: ID,
}

/// A message to send again.
#[derive(InputObject)]
pub(crate) struct RedeliverWebhookInput {
    delivery_id: ID,
}

/// What became of a request to send a message.
#[derive(SimpleObject, Default)]
pub(crate) struct WebhookDeliveryPayload {
    /// As it is before it is sent: ask for it again, or for its endpoint's
    /// deliveries, to see what came of it. Null when the request was refused.
    delivery: Option<WebhookDelivery>,
    /// What was wrong with the request; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct WebhookSendingMutation;

#[Object]
impl WebhookSendingMutation {
    /// Sends a message of the type `webhook.test`.
    async fn send_test_webhook(
        &self,
        ctx: &Context<'_>,
        input: SendTestWebhookInput,
    ) -> Result<WebhookDeliveryPayload> {
        settle(ctx, send_test(ctx, &input.endpoint_id).await)
    }

    /// Sends a message again, the same under the same `messageId`, whatever came
    /// of it before.
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        input: RedeliverWebhookInput,
    ) -> Result<WebhookDeliveryPayload> {
        settle(ctx, redeliver(ctx, &input.delivery_id).await)
    }
}

async fn send_test(ctx: &Context<'_>, endpoint: &ID) -> Result<WebhookDelivery, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let endpoint = target(endpoint)?;
    limit::take(ctx, WEBHOOK_SENDS).await?;
    let sent = ctx.api().webhooks.send_test(viewer, endpoint).await;
    shown(ctx, sent.map_err(|error| refusal(error, ENDPOINT))?).await
}

async fn redeliver(ctx: &Context<'_>, delivery: &ID) -> Result<WebhookDelivery, Refusal> {
    const FIELD: &str = "deliveryId";
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let id = parse_id(delivery).ok_or_else(|| UserError::not_found(FIELD, "webhook delivery"))?;
    limit::take(ctx, WEBHOOK_SENDS).await?;
    let sent = ctx.api().webhooks.redeliver(viewer, id).await;
    sent.map_err(|error| refusal(error, FIELD))?;
    shown(ctx, id).await
}

async fn shown(ctx: &Context<'_>, id: Uuid) -> Result<WebhookDelivery, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let delivery = ctx.api().webhooks.delivery(viewer, id).await;
    Ok(delivery.map_err(Refusal::unexpected)?.into())
}

fn settle(
    ctx: &Context<'_>,
    done: Result<WebhookDelivery, Refusal>,
) -> Result<WebhookDeliveryPayload> {
    match done {
        Ok(delivery) => Ok(WebhookDeliveryPayload {
            delivery: Some(delivery),
            errors: Vec::new(),
        }),
        Err(Refusal::Expected(errors)) => Ok(WebhookDeliveryPayload {
            delivery: None,
            errors,
        }),
        Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
    }
}
