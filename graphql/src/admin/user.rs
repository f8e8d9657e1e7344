//! Accounts, as admins see and change them.

use accounts::{AccountError, AccountSummary};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{EmailAddress, UserId};
use uuid::Uuid;

use crate::account::refusal;
use crate::account::types::Role;
use crate::connection::{first_of, page_cost};
use crate::context::Asking;
use crate::error::{Refusal, UserError, refused, unexpected};
use crate::reading::parse_id;

/// Accounts that one answer may hold.
const MAX_USERS: u16 = 100;
const FIELD: &str = "userId";

/// An account.
#[derive(SimpleObject)]
pub(crate) struct User {
    id: ID,
    email: String,
    role: Role,
    /// False for who signs in through another provider only.
    has_password: bool,
    created_at: DateTime<Utc>,
}

impl From<AccountSummary> for User {
    fn from(account: AccountSummary) -> Self {
        Self {
            id: account.id.0.into(),
            email: account.email.as_str().to_owned(),
            role: account.role.into(),
            has_password: account.has_password,
            created_at: account.created_at,
        }
    }
}

/// Somebody's new role.
#[derive(InputObject)]
pub(crate) struct ChangeRoleInput {
    user_id: ID,
    /// `ADMIN` or `USER`.
    role: Role,
}

/// Somebody to erase.
#[derive(InputObject)]
pub(crate) struct EraseUserInput {
    user_id: ID,
}

/// What became of `changeRole` or `eraseUser`.
#[derive(SimpleObject)]
pub(crate) struct UserPayload {
    /// As they are now; null when it was refused, and for who was erased.
    user: Option<User>,
    /// What was wrong with the request; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct UserQuery;

#[Object]
impl UserQuery {
    /// All accounts, the oldest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after the one with this id.")] after: Option<ID>,
    ) -> Result<Vec<User>> {
        let limit = first_of(first.unwrap_or(20), MAX_USERS)?;
        let after = match after {
            None => None,
            Some(id) => Some(parse_id(&id).map(UserId).ok_or_else(|| {
                refused("after", "INVALID", "after: it is not the id of an account")
            })?),
        };
        let found = ctx.api().accounts.accounts(after, limit).await;
        let found = found.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// One account, by its id or by its whole address; null when there is none.
    async fn user(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        email: Option<String>,
    ) -> Result<Option<User>> {
        let accounts = &ctx.api().accounts;
        let found = match (id, email) {
            (Some(id), None) => match parse_id(&id) {
                Some(id) => accounts.account(UserId(id)).await,
                None => Ok(None),
            },
            (None, Some(email)) => match EmailAddress::try_new(&email) {
                Ok(email) => accounts.account_of(&email).await,
                Err(error) => return Err(refused("email", "INVALID", error.to_string())),
            },
            (None, None) | (Some(_), Some(_)) => {
                return Err(refused(
                    "id",
                    "INVALID",
                    "id: give either an id or an e-mail address",
                ));
            }
        };
        let found = found.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(found.map(Into::into))
    }
}

#[derive(Default)]
pub(crate) struct UserMutation;

#[Object]
impl UserMutation {
    /// Makes somebody an admin, or one no longer.
    async fn change_role(&self, ctx: &Context<'_>, input: ChangeRoleInput) -> Result<UserPayload> {
        let Some(user) = parse_id(&input.user_id) else {
            return Ok(unknown());
        };
        let accounts = &ctx.api().accounts;
        let by = ctx.viewer()?;
        let role = input.role.into();
        let changed = accounts
            .change_role(by, UserId(user), role, ctx.visit())
            .await;
        answer(ctx, user, changed.map(|_| ())).await
    }

    /// Erases somebody's account with everything in it. This cannot be undone.
    async fn erase_user(&self, ctx: &Context<'_>, input: EraseUserInput) -> Result<UserPayload> {
        let Some(user) = parse_id(&input.user_id) else {
            return Ok(unknown());
        };
        let accounts = &ctx.api().accounts;
        let erased = accounts
            .erase_other(ctx.viewer()?, UserId(user), ctx.visit())
            .await;
        answer(ctx, user, erased).await
    }
}

fn unknown() -> UserPayload {
    UserPayload {
        user: None,
        errors: vec![UserError::not_found(FIELD, "account")],
    }
}

async fn answer(
    ctx: &Context<'_>,
    user: Uuid,
    done: Result<(), AccountError>,
) -> Result<UserPayload> {
    let unexpected =
        |error: &(dyn std::error::Error + 'static)| unexpected(ctx.correlation_id(), error);
    match done.map_err(|error| refusal(error, FIELD)) {
        Ok(()) => {
            let now = ctx.api().accounts.account(UserId(user)).await;
            Ok(UserPayload {
                user: now.map_err(|error| unexpected(&error))?.map(Into::into),
                errors: Vec::new(),
            })
        }
        Err(Refusal::Expected(errors)) => Ok(UserPayload { user: None, errors }),
        Err(Refusal::Unexpected(error)) => Err(unexpected(&*error)),
    }
}
