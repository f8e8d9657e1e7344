//! Endpoints: made, changed, ended.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use notifications::Webhooks;
use notifications::webhook::{EndpointChanges, NewEndpoint};
use uuid::Uuid;

use super::refusal;
use super::types::WebhookEndpoint;
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::notification::NotificationKind;
use crate::problems::Problems;
use crate::reading::parse_id;

pub(super) const ENDPOINT: &str = "endpointId";
/// As the schema says.
const DEFAULT_OVERLAP_HOURS: i32 = 24;

/// An endpoint to make.
#[derive(InputObject)]
pub(crate) struct CreateWebhookEndpointInput {
    /// `https://…`, up to 2,000 characters, on the public internet.
    url: String,
    /// For you to know it by, up to 200 characters.
    #[graphql(default)]
    description: String,
    /// What it is told of, one at least.
    kinds: Vec<NotificationKind>,
}

/// What is to change of an endpoint; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateWebhookEndpointInput {
    endpoint_id: ID,
    url: Option<String>,
    description: Option<String>,
    kinds: Option<Vec<NotificationKind>>,
    /// False gives up what is on its way.
    enabled: Option<bool>,
}

/// An endpoint to delete, with all that is known of what was sent to it.
#[derive(InputObject)]
pub(crate) struct DeleteWebhookEndpointInput {
    endpoint_id: ID,
}

/// A secret to replace.
#[derive(InputObject)]
pub(crate) struct RotateWebhookSecretInput {
    endpoint_id: ID,
    /// How long the secret of now goes on signing besides the new one, 0 to 168.
    #[graphql(default_with = "DEFAULT_OVERLAP_HOURS")]
    overlap_hours: i32,
}

/// What became of an endpoint.
#[derive(SimpleObject, Default)]
pub(crate) struct WebhookEndpointPayload {
    /// Null when the request was refused, and for a deleted one.
    endpoint: Option<WebhookEndpoint>,
    /// What its messages are signed with, `whsec_…`. It is shown this once.
    secret: Option<String>,
    /// What was wrong with the request, all of it; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Has a program of yours told what happens, by messages that are signed as
    /// Standard Webhooks says. You may have 10 endpoints.
    async fn create_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        input: CreateWebhookEndpointInput,
    ) -> Result<WebhookEndpointPayload> {
        settle(ctx, create(ctx, input).await)
    }

    /// Changes an endpoint, or has nothing sent to it for a while.
    async fn update_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        input: UpdateWebhookEndpointInput,
    ) -> Result<WebhookEndpointPayload> {
        settle(ctx, update(ctx, input).await)
    }

    /// Deletes an endpoint.
    async fn delete_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        input: DeleteWebhookEndpointInput,
    ) -> Result<WebhookEndpointPayload> {
        settle(ctx, delete(ctx, input).await)
    }

    /// Gives an endpoint a new secret.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        input: RotateWebhookSecretInput,
    ) -> Result<WebhookEndpointPayload> {
        settle(ctx, rotate(ctx, input).await)
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateWebhookEndpointInput,
) -> Result<WebhookEndpointPayload, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let webhooks = &ctx.api().webhooks;
    let mut problems = Problems::default();
    let url = problems.check("url", webhooks.url(&input.url));
    let description = Webhooks::description(&input.description);
    let description = problems.check("description", description);
    let kinds: Vec<_> = input.kinds.into_iter().map(Into::into).collect();
    let kinds = problems.check("kinds", Webhooks::kinds(&kinds));
    let new = url.zip(description).zip(kinds);
    let ((url, description), kinds) = problems.value_if_none(new)?;
    let new = NewEndpoint {
        url,
        description,
        kinds,
    };
    let made = webhooks.create_endpoint(viewer, &new).await;
    let (id, secret) = made.map_err(|error| refusal(error, "url"))?;
    Ok(WebhookEndpointPayload {
        secret: Some(secret.expose().to_owned()),
        ..shown(ctx, id).await?
    })
}

async fn update(
    ctx: &Context<'_>,
    input: UpdateWebhookEndpointInput,
) -> Result<WebhookEndpointPayload, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let webhooks = &ctx.api().webhooks;
    let id = target(&input.endpoint_id)?;
    let mut problems = Problems::default();
    let url = input
        .url
        .and_then(|url| problems.check("url", webhooks.url(&url)));
    let description = input
        .description
        .and_then(|text| problems.check("description", Webhooks::description(&text)));
    let kinds = input.kinds.and_then(|kinds| {
        let kinds: Vec<_> = kinds.into_iter().map(Into::into).collect();
        problems.check("kinds", Webhooks::kinds(&kinds))
    });
    let changes = problems.value_if_none(Some(EndpointChanges {
        url,
        description,
        kinds,
        enabled: input.enabled,
    }))?;
    let changed = webhooks.change_endpoint(viewer, id, &changes).await;
    changed.map_err(|error| refusal(error, ENDPOINT))?;
    shown(ctx, id).await
}

async fn delete(
    ctx: &Context<'_>,
    input: DeleteWebhookEndpointInput,
) -> Result<WebhookEndpointPayload, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let id = target(&input.endpoint_id)?;
    let deleted = ctx.api().webhooks.delete_endpoint(viewer, id).await;
    deleted.map_err(|error| refusal(error, ENDPOINT))?;
    Ok(WebhookEndpointPayload::default())
}

async fn rotate(
    ctx: &Context<'_>,
    input: RotateWebhookSecretInput,
) -> Result<WebhookEndpointPayload, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let id = target(&input.endpoint_id)?;
    // What is no number of hours is refused with those that are too many.
    let hours = u16::try_from(input.overlap_hours).unwrap_or(u16::MAX);
    let rotated = ctx.api().webhooks.rotate_secret(viewer, id, hours).await;
    let secret = rotated.map_err(|error| refusal(error, ENDPOINT))?;
    Ok(WebhookEndpointPayload {
        secret: Some(secret.expose().to_owned()),
        ..shown(ctx, id).await?
    })
}

pub(super) fn target(id: &ID) -> Result<Uuid, Refusal> {
    parse_id(id).ok_or_else(|| UserError::not_found(ENDPOINT, "webhook endpoint").into())
}

async fn shown(ctx: &Context<'_>, id: Uuid) -> Result<WebhookEndpointPayload, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let endpoint = ctx.api().webhooks.endpoint(viewer, id).await;
    Ok(WebhookEndpointPayload {
        endpoint: Some(endpoint.map_err(|error| refusal(error, ENDPOINT))?.into()),
        ..WebhookEndpointPayload::default()
    })
}

fn settle(
    ctx: &Context<'_>,
    done: Result<WebhookEndpointPayload, Refusal>,
) -> Result<WebhookEndpointPayload> {
    match done {
        Ok(payload) => Ok(payload),
        Err(Refusal::Expected(errors)) => Ok(WebhookEndpointPayload {
            errors,
            ..WebhookEndpointPayload::default()
        }),
        Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
    }
}
