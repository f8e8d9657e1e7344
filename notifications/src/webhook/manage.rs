//! Making, changing and ending endpoints.

use chrono::TimeDelta;
use domain::topic::visible_text;
use domain::{InvalidField, NotificationKind, UserId};
use integrations::webhook::{SigningSecret, WebhookUrl};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::endpoint::DisabledBecause;
use super::{MAX_DESCRIPTION_CHARS, MAX_ENDPOINTS, MAX_OVERLAP_HOURS, Webhooks};
use crate::NotificationError;

/// An endpoint to make.
pub struct NewEndpoint {
    pub url: WebhookUrl,
    pub description: String,
    pub kinds: Vec<NotificationKind>,
}

/// What is to change; what is `None` stays.
#[derive(Default)]
pub struct EndpointChanges {
    pub url: Option<WebhookUrl>,
    pub description: Option<String>,
    pub kinds: Option<Vec<NotificationKind>>,
    pub enabled: Option<bool>,
}

impl Webhooks {
    /// Reads an address as its owner wrote it.
    pub fn url(&self, text: &str) -> Result<WebhookUrl, InvalidField> {
        WebhookUrl::try_new(text, &self.parts.reach)
    }

    /// A description as it is kept; an empty one is none.
    pub fn description(text: &str) -> Result<String, InvalidField> {
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        visible_text("description", text, MAX_DESCRIPTION_CHARS)
    }

    /// Kinds as they are kept: each once, one at least.
    pub fn kinds(kinds: &[NotificationKind]) -> Result<Vec<NotificationKind>, InvalidField> {
        if kinds.is_empty() {
            let problem = "is empty; name what the endpoint is to be told of";
            return Err(InvalidField::new("kinds", problem));
        }
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        Ok(kinds)
    }

    /// The endpoint's id, and the secret that signs what is sent there.
    pub async fn create_endpoint(
        &self,
        owner: UserId,
        new: &NewEndpoint,
    ) -> Result<(Uuid, SigningSecret), NotificationError> {
        let id = self.parts.ids.fresh();
        let secret = self.fresh_secret();
        let url = self.seal_url(id, &new.url).await?;
        let sealed = self.seal_secret(id, &secret).await?;
        let mut tx = self.pool().begin().await?;
        hold_still(&mut tx, owner).await?;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM webhook_endpoints WHERE owner = $1"#,
            owner.0
        )
        .fetch_one(&mut *tx)
        .await?;
        if count >= i64::from(MAX_ENDPOINTS) {
            return Err(NotificationError::TooMany);
        }
        sqlx::query!(
            "INSERT INTO webhook_endpoints (
                 id, owner, url, description, kinds, secret, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
            id,
            owner.0,
            url,
            new.description,
            &slugs(&new.kinds),
            sealed,
            self.now()
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((id, secret))
    }

    pub async fn change_endpoint(
        &self,
        owner: UserId,
        id: Uuid,
        changes: &EndpointChanges,
    ) -> Result<(), NotificationError> {
        let url = match &changes.url {
            Some(url) => Some(self.seal_url(id, url).await?),
            None => None,
        };
        let kinds = changes.kinds.as_deref().map(slugs);
        let now = self.now();
        let mut tx = self.pool().begin().await?;
        let changed = sqlx::query!(
            "UPDATE webhook_endpoints SET
                 url = coalesce($3, url),
                 description = coalesce($4, description),
                 kinds = coalesce($5, kinds),
                 -- To another address, or begun anew: what failed before is past.
                 failing_since = CASE WHEN $3 IS NULL AND $6 IS NOT TRUE THEN failing_since END,
                 updated_at = $7
             WHERE owner = $1 AND id = $2",
            owner.0,
            id,
            url.as_deref(),
            changes.description.as_deref(),
            kinds.as_deref(),
            changes.enabled,
            now
        )
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(NotificationError::NotFound);
        }
        match changes.enabled {
            Some(true) => {
                sqlx::query!(
                    "UPDATE webhook_endpoints SET disabled_at = NULL, disabled_because = NULL
                     WHERE id = $1",
                    id
                )
                .execute(&mut *tx)
                .await?;
            }
            Some(false) => self.disable(&mut tx, id, DisabledBecause::Asked).await?,
            None => {}
        }
        Ok(tx.commit().await?)
    }

    /// Nothing is sent there from now on, not even what was on its way.
    pub(super) async fn disable(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        endpoint: Uuid,
        because: DisabledBecause,
    ) -> Result<(), NotificationError> {
        let now = self.now();
        sqlx::query!(
            "UPDATE webhook_endpoints SET disabled_at = $2, disabled_because = $3
             WHERE id = $1 AND disabled_at IS NULL",
            endpoint,
            now,
            because.slug()
        )
        .execute(&mut **tx)
        .await?;
        sqlx::query!(
            "UPDATE webhook_deliveries
             SET state = 'failed', next_attempt_at = NULL, leased_until = NULL, ended_at = $2
             WHERE endpoint = $1 AND state = 'pending'",
            endpoint,
            now
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Its deliveries go with it.
    pub async fn delete_endpoint(&self, owner: UserId, id: Uuid) -> Result<(), NotificationError> {
        let deleted = sqlx::query!(
            "DELETE FROM webhook_endpoints WHERE owner = $1 AND id = $2",
            owner.0,
            id
        )
        .execute(self.pool())
        .await?;
        match deleted.rows_affected() {
            0 => Err(NotificationError::NotFound),
            _ => Ok(()),
        }
    }

    /// A new secret. The one before signs besides for so many hours, so that
    /// receivers can take up the new one without refusing anything.
    pub async fn rotate_secret(
        &self,
        owner: UserId,
        id: Uuid,
        overlap_hours: u16,
    ) -> Result<SigningSecret, NotificationError> {
        if overlap_hours > MAX_OVERLAP_HOURS {
            let problem = format!("is {overlap_hours}; choose 0 to {MAX_OVERLAP_HOURS}");
            return Err(InvalidField::new("overlapHours", problem).into());
        }
        let secret = self.fresh_secret();
        let sealed = self.seal_secret(id, &secret).await?;
        let now = self.now();
        let until = (overlap_hours > 0).then(|| now + TimeDelta::hours(i64::from(overlap_hours)));
        let rotated = sqlx::query!(
            "UPDATE webhook_endpoints SET
                 old_secret = CASE WHEN $4::timestamptz IS NOT NULL THEN secret END,
                 old_secret_until = $4,
                 secret = $3,
                 updated_at = $5
             WHERE owner = $1 AND id = $2",
            owner.0,
            id,
            sealed,
            until,
            now
        )
        .execute(self.pool())
        .await?;
        match rotated.rows_affected() {
            0 => Err(NotificationError::NotFound),
            _ => Ok(secret),
        }
    }
}

/// Two requests of one person cannot both make their last endpoint.
async fn hold_still(tx: &mut Transaction<'_, Postgres>, owner: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        format!("webhooks of {owner}")
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn slugs(kinds: &[NotificationKind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.slug().to_owned()).collect()
}
