use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::AccessTokenId;
use domain::access_token::TokenName;
use secrecy::ExposeSecret;

use super::refusal;
use super::types::{AccessToken, Scope};
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::reading::parse_id;

/// An access token to make.
#[derive(InputObject)]
pub(crate) struct CreateAccessTokenInput {
    /// For you to know it by: 1 to 60 characters.
    name: String,
    scopes: Vec<Scope>,
    /// Within a year.
    expires_at: DateTime<Utc>,
}

/// An access token to revoke.
#[derive(InputObject)]
pub(crate) struct RevokeAccessTokenInput {
    access_token_id: ID,
}

/// What became of `createAccessToken` or `revokeAccessToken`.
#[derive(SimpleObject, Default)]
pub(crate) struct AccessTokenPayload {
    /// The new token; null when it was refused, and for a revoked one.
    access_token: Option<AccessToken>,
    /// Send it as `Authorization: Bearer …`. It is shown this once.
    secret: Option<String>,
    /// Where the log stood after this; null when nothing was done.
    position: Option<String>,
    /// What was wrong with the request; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct AccessTokenMutation;

#[Object]
impl AccessTokenMutation {
    /// Makes an access token, for a script or a command line.
    async fn create_access_token(
        &self,
        ctx: &Context<'_>,
        input: CreateAccessTokenInput,
    ) -> Result<AccessTokenPayload> {
        settle(ctx, create(ctx, input).await)
    }

    /// Ends an access token at once.
    async fn revoke_access_token(
        &self,
        ctx: &Context<'_>,
        input: RevokeAccessTokenInput,
    ) -> Result<AccessTokenPayload> {
        settle(ctx, revoke(ctx, input).await)
    }
}

async fn create(
    ctx: &Context<'_>,
    input: CreateAccessTokenInput,
) -> Result<AccessTokenPayload, Refusal> {
    const FIELD: &str = "name";
    let viewer = ctx.person().map_err(Refusal::unexpected)?;
    let name =
        TokenName::try_new(&input.name).map_err(|error| UserError::invalid(FIELD, &error))?;
    let scopes: Vec<_> = input.scopes.into_iter().map(Into::into).collect();
    let accounts = &ctx.api().accounts;
    let made = accounts
        .create_access_token(viewer.user, &name, &scopes, input.expires_at, ctx.visit())
        .await
        .map_err(|error| refusal(error, FIELD))?;
    let all = accounts
        .access_tokens(viewer.user)
        .await
        .map_err(Refusal::unexpected)?;
    let token = all.into_iter().find(|token| token.id == made.id);
    Ok(AccessTokenPayload {
        access_token: token.map(Into::into),
        secret: Some(made.secret.expose_secret().to_owned()),
        position: made.position.map(|position| position.to_string()),
        errors: Vec::new(),
    })
}

async fn revoke(
    ctx: &Context<'_>,
    input: RevokeAccessTokenInput,
) -> Result<AccessTokenPayload, Refusal> {
    const FIELD: &str = "accessTokenId";
    let viewer = ctx.person().map_err(Refusal::unexpected)?;
    let id = parse_id(&input.access_token_id)
        .ok_or_else(|| UserError::not_found(FIELD, "access token"))?;
    let accounts = &ctx.api().accounts;
    let revoked = accounts
        .revoke_access_token(viewer.user, AccessTokenId(id), ctx.visit())
        .await
        .map_err(|error| refusal(error, FIELD))?;
    Ok(AccessTokenPayload {
        position: revoked.map(|position| position.to_string()),
        ..AccessTokenPayload::default()
    })
}

fn settle(
    ctx: &Context<'_>,
    done: Result<AccessTokenPayload, Refusal>,
) -> Result<AccessTokenPayload> {
    match done {
        Ok(payload) => Ok(payload),
        Err(Refusal::Expected(errors)) => Ok(AccessTokenPayload {
            errors,
            ..AccessTokenPayload::default()
        }),
        Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
    }
}
