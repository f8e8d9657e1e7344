use accounts::AccountError;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::SessionId;
use domain::session::SessionEnd;
use secrecy::SecretString;

use super::refusal;
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::reading::parse_id;

/// A new password. Every other session ends.
#[derive(InputObject)]
pub(crate) struct ChangePasswordInput {
    current_password: String,
    /// 8 to 128 characters that are not easily guessed.
    new_password: String,
}

/// A session of yours to end.
#[derive(InputObject)]
pub(crate) struct EndSessionInput {
    session_id: ID,
}

/// The end of your account and of everything in it.
#[derive(InputObject)]
pub(crate) struct DeleteMyAccountInput {
    /// The current one; left out by who has none.
    current_password: Option<String>,
}

/// What became of a request about your account.
#[derive(SimpleObject)]
pub(crate) struct AccountPayload {
    /// It was done.
    done: bool,
    /// What was wrong with the request; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Sets a new password, and signs you out everywhere else.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<AccountPayload> {
        let viewer = ctx.person()?;
        let current = SecretString::from(input.current_password);
        let new = SecretString::from(input.new_password);
        let accounts = &ctx.api().accounts;
        let changed =
            accounts.change_password(viewer.user, viewer.session(), &current, &new, ctx.visit());
        answer(ctx, changed.await, "newPassword")
    }

    /// Signs you out in one place.
    async fn end_session(
        &self,
        ctx: &Context<'_>,
        input: EndSessionInput,
    ) -> Result<AccountPayload> {
        let viewer = ctx.person()?;
        let Some(id) = parse_id(&input.session_id) else {
            return Ok(refused(vec![UserError::not_found("sessionId", "session")]));
        };
        let accounts = &ctx.api().accounts;
        let end = SessionEnd::EndedByUser;
        let ended = accounts
            .end_session(viewer.user, SessionId(id), end, ctx.visit())
            .await;
        answer(ctx, ended, "sessionId")
    }

    /// Signs you out everywhere but here.
    async fn end_other_sessions(&self, ctx: &Context<'_>) -> Result<AccountPayload> {
        let viewer = ctx.person()?;
        let accounts = &ctx.api().accounts;
        let ended = accounts.end_other_sessions(viewer.user, viewer.session(), ctx.visit());
        answer(ctx, ended.await.map(|_| ()), "sessionId")
    }

    /// Erases your account, your videos and series, and everything personal that
    /// was kept of you. This cannot be undone.
    async fn delete_my_account(
        &self,
        ctx: &Context<'_>,
        input: DeleteMyAccountInput,
    ) -> Result<AccountPayload> {
        let viewer = ctx.person()?;
        let password = input.current_password.map(SecretString::from);
        let accounts = &ctx.api().accounts;
        let erased = accounts
            .erase_own(viewer.user, password.as_ref(), ctx.visit())
            .await;
        answer(ctx, erased, "currentPassword")
    }
}

fn answer(
    ctx: &Context<'_>,
    outcome: Result<(), AccountError>,
    field: &str,
) -> Result<AccountPayload> {
    match outcome.map_err(|error| refusal(error, field)) {
        Ok(()) => Ok(AccountPayload {
            done: true,
            errors: Vec::new(),
        }),
        Err(Refusal::Expected(errors)) => Ok(refused(errors)),
        Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
    }
}

fn refused(errors: Vec<UserError>) -> AccountPayload {
    AccountPayload {
        done: false,
        errors,
    }
}
