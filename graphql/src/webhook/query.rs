use async_graphql::{Context, ID, Object, Result};
use notifications::NotificationError;

use super::types::{WebhookDelivery, WebhookEndpoint};
use crate::context::Asking;
use crate::error::unexpected;
use crate::reading::parse_id;

#[derive(Default)]
pub(crate) struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// Your webhook endpoints, oldest first.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Result<Vec<WebhookEndpoint>> {
        let endpoints = ctx.api().webhooks.endpoints(ctx.viewer()?).await;
        let endpoints = endpoints.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(endpoints.into_iter().map(Into::into).collect())
    }

    /// One message to an endpoint of yours; null when there is none by that id.
    async fn webhook_delivery(&self, ctx: &Context<'_>, id: ID) -> Result<Option<WebhookDelivery>> {
        let viewer = ctx.viewer()?;
        let Some(id) = parse_id(&id) else {
            return Ok(None);
        };
        match ctx.api().webhooks.delivery(viewer, id).await {
            Ok(delivery) => Ok(Some(delivery.into())),
            Err(NotificationError::NotFound) => Ok(None),
            Err(error) => Err(unexpected(ctx.correlation_id(), &error)),
        }
    }
}
