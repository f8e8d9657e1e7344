//! What was spent on providers: one's own, and everybody's for admins.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use projections::video::{self, SpendingFilter, VIDEOS};

use crate::connection::{first_of, page_cost};
use crate::context::Asking;
use crate::error::refused;
use crate::reading::{OrUnexpected, reach};

/// Groups that one answer may hold.
const MAX_GROUPS: u16 = 1_000;

/// By what costs are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "video::SpendingBy")]
pub(crate) enum SpendingBy {
    Video,
    Series,
    User,
    /// Of UTC.
    Day,
    Stage,
    Provider,
    Model,
}

/// What calls of providers cost, added up.
#[derive(SimpleObject)]
pub(crate) struct Spending {
    /// Of all groups, those that are not shown too.
    total: Spent,
    /// The largest first; days in order.
    groups: Vec<Spent>,
}

#[derive(SimpleObject)]
pub(crate) struct Spent {
    /// The id of a video, a series or a user, a day such as `2026-11-23`, or a
    /// name; null of the total, and of videos that are of no series.
    key: Option<String>,
    /// Calls that cost, those that came to nothing too.
    calls: u64,
    /// In millionths of a US dollar.
    cost_microusd: u64,
}

impl From<video::Spent> for Spent {
    fn from(spent: video::Spent) -> Self {
        Self {
            key: spent.key,
            calls: spent.calls,
            cost_microusd: spent.cost.0,
        }
    }
}

/// What is asked for.
struct Wanted {
    filter: SpendingFilter,
    by: SpendingBy,
    first: Option<i32>,
    min_position: Option<String>,
}

impl Wanted {
    async fn answer(self, ctx: &Context<'_>) -> Result<Spending> {
        let limit = first_of(self.first.unwrap_or(100), MAX_GROUPS)?;
        if let (Some(from), Some(to)) = (self.filter.from, self.filter.to)
            && from >= to
        {
            let message = format!("to: {to} is not after {from}; give a later instant");
            return Err(refused("to", "INVALID", message));
        }
        reach(ctx, VIDEOS, self.min_position).await?;
        let spending = ctx.api().spending();
        let total = spending.total(self.filter).await.or_unexpected(ctx)?;
        let groups = spending.by(self.filter, self.by.into(), limit).await;
        Ok(Spending {
            total: total.into(),
            groups: groups
                .or_unexpected(ctx)?
                .into_iter()
                .map(Into::into)
                .collect(),
        })
    }
}

#[derive(Default)]
pub(crate) struct SpendingQuery;

#[Object]
impl SpendingQuery {
    /// What your videos cost, deleted ones too.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[allow(clippy::too_many_arguments, reason = "they are the field's arguments")]
    async fn costs(
        &self,
        ctx: &Context<'_>,
        group_by: SpendingBy,
        #[graphql(desc = "Only from this instant on.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Only before this instant.")] to: Option<DateTime<Utc>>,
        #[graphql(default = 100, desc = "How many groups, 1 to 1000.")] first: Option<i32>,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Spending> {
        let owner = Some(ctx.viewer()?);
        let wanted = Wanted {
            filter: SpendingFilter { owner, from, to },
            by: group_by,
            first,
            min_position,
        };
        wanted.answer(ctx).await
    }
}

#[derive(Default)]
pub(crate) struct AllSpendingQuery;

#[Object]
impl AllSpendingQuery {
    /// What everybody's videos cost, deleted ones too.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[allow(clippy::too_many_arguments, reason = "they are the field's arguments")]
    async fn all_costs(
        &self,
        ctx: &Context<'_>,
        group_by: SpendingBy,
        #[graphql(desc = "Only from this instant on.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Only before this instant.")] to: Option<DateTime<Utc>>,
        #[graphql(default = 100, desc = "How many groups, 1 to 1000.")] first: Option<i32>,
        #[graphql(desc = "Wait up to 2 s for the view to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Spending> {
        let wanted = Wanted {
            filter: SpendingFilter {
                owner: None,
                from,
                to,
            },
            by: group_by,
            first,
            min_position,
        };
        wanted.answer(ctx).await
    }
}
