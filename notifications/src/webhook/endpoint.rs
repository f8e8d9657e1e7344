//! What endpoints there are, for their owners.

use chrono::{DateTime, Utc};
use domain::{NotificationKind, UserId};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Webhooks, decoded, kinds_of};
use crate::NotificationError;

/// Why nothing is sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledBecause {
    /// Its owner wants it so.
    Asked,
    /// It said that it is gone (status 410).
    Gone,
    /// It took nothing for days.
    Failing,
}

impl DisabledBecause {
    pub(super) const fn slug(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    fn stored(slug: &str) -> sqlx::Result<Self> {
        [Self::Asked, Self::Gone, Self::Failing]
            .into_iter()
            .find(|because| because.slug() == slug)
            .ok_or_else(|| decoded(format!("{slug:?} is no reason")))
    }
}

/// An endpoint as its owner sees it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: Uuid,
    pub url: SecretString,
    pub description: String,
    pub kinds: Vec<NotificationKind>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub disabled: Option<(DisabledBecause, DateTime<Utc>)>,
    /// Since when every attempt has failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until then the secret before signs besides.
    pub old_secret_until: Option<DateTime<Utc>>,
}

pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) url: Vec<u8>,
    pub(super) description: String,
    pub(super) kinds: Vec<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) disabled_at: Option<DateTime<Utc>>,
    pub(super) disabled_because: Option<String>,
    pub(super) failing_since: Option<DateTime<Utc>>,
    pub(super) old_secret_until: Option<DateTime<Utc>>,
}

impl Webhooks {
    /// Oldest first.
    pub async fn endpoints(&self, owner: UserId) -> Result<Vec<Endpoint>, NotificationError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, url, description, kinds, created_at, updated_at, disabled_at,
                 disabled_because, failing_since, old_secret_until
             FROM webhook_endpoints WHERE owner = $1 ORDER BY created_at, id",
            owner.0
        )
        .fetch_all(self.pool())
        .await?;
        let mut endpoints = Vec::with_capacity(rows.len());
        for row in rows {
            endpoints.push(self.shown(row).await?);
        }
        Ok(endpoints)
    }

    /// # Errors
    ///
    /// [`NotificationError::NotFound`] when it is not the owner's.
    pub async fn endpoint(&self, owner: UserId, id: Uuid) -> Result<Endpoint, NotificationError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, url, description, kinds, created_at, updated_at, disabled_at,
                 disabled_because, failing_since, old_secret_until
             FROM webhook_endpoints WHERE owner = $1 AND id = $2",
            owner.0,
            id
        )
        .fetch_optional(self.pool())
        .await?;
        self.shown(row.ok_or(NotificationError::NotFound)?).await
    }

    async fn shown(&self, row: Row) -> Result<Endpoint, NotificationError> {
        let now = self.now();
        let because = row.disabled_because.as_deref().map(DisabledBecause::stored);
        Ok(Endpoint {
            url: self.open_url(row.id, &row.url).await?,
            id: row.id,
            description: row.description,
            kinds: kinds_of(&row.kinds)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            disabled: because.transpose()?.zip(row.disabled_at),
            failing_since: row.failing_since,
            old_secret_until: row.old_secret_until.filter(|until| *until > now),
        })
    }
}
