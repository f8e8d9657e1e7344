//! Reading what was spent. Rows come from `ledger`.

use chrono::{DateTime, Utc};
use domain::{Microusd, UserId};
use sqlx::PgPool;

/// What is wanted of what was spent; what is `None` does not narrow it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpendingFilter {
    pub owner: Option<UserId>,
    /// Inclusive.
    pub from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub to: Option<DateTime<Utc>>,
}

/// By what it is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendingBy {
    Video,
    Series,
    User,
    /// Of UTC.
    Day,
    Stage,
    Provider,
    Model,
}

/// A sum over calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// An id, a day (`2026-11-23`) or a name; none of what is of no series.
    pub key: Option<String>,
    pub calls: u64,
    pub cost: Microusd,
}

#[derive(Clone)]
pub struct SpendingQueries {
    pool: PgPool,
}

impl SpendingBy {
    const fn slug(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Series => "series",
            Self::User => "user",
            Self::Day => "day",
            Self::Stage => "stage",
            Self::Provider => "provider",
            Self::Model => "model",
        }
    }
}

impl SpendingQueries {
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// The largest sums first; days in order.
    pub async fn by(
        &self,
        filter: SpendingFilter,
        by: SpendingBy,
        limit: u16,
    ) -> sqlx::Result<Vec<Spent>> {
        let rows = sqlx::query!(
            r#"SELECT key, count(*) AS "calls!", sum(cost_microusd)::bigint AS "cost!"
               FROM (
                   SELECT cost_microusd, CASE $4
                       WHEN 'video' THEN video::text
                       WHEN 'series' THEN series::text
                       WHEN 'user' THEN owner::text
                       WHEN 'day' THEN to_char(spent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
                       WHEN 'stage' THEN stage
                       WHEN 'provider' THEN provider
                       ELSE provider || ' ' || model
                   END AS key
                   FROM video_costs
                   WHERE ($1::uuid IS NULL OR owner = $1)
                     AND ($2::timestamptz IS NULL OR spent_at >= $2)
                     AND ($3::timestamptz IS NULL OR spent_at < $3)
               ) AS lines
               GROUP BY key
               ORDER BY CASE WHEN $4 = 'day' THEN key END, 3 DESC, key
               LIMIT $5"#,
            filter.owner.map(|owner| owner.0),
            filter.from,
            filter.to,
            by.slug(),
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await?;
        let spent = rows.into_iter().map(|row| Spent {
            key: row.key,
            calls: row.calls.cast_unsigned(),
            cost: Microusd(row.cost.cast_unsigned()),
        });
        Ok(spent.collect())
    }

    /// All of it.
    pub async fn total(&self, filter: SpendingFilter) -> sqlx::Result<Spent> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "calls!", coalesce(sum(cost_microusd), 0)::bigint AS "cost!"
               FROM video_costs
               WHERE ($1::uuid IS NULL OR owner = $1)
                 AND ($2::timestamptz IS NULL OR spent_at >= $2)
                 AND ($3::timestamptz IS NULL OR spent_at < $3)"#,
            filter.owner.map(|owner| owner.0),
            filter.from,
            filter.to
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Spent {
            key: None,
            calls: row.calls.cast_unsigned(),
            cost: Microusd(row.cost.cast_unsigned()),
        })
    }
}
