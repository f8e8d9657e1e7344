//! What accounts there are, for their people and for admins.

use chrono::{DateTime, Utc};
use domain::{EmailAddress, Personal, Role, UserId};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::{Opened, Place};

use crate::authenticate::role_of;
use crate::{AccountError, Accounts};

/// An account as its person, or an admin, sees it.
#[derive(Clone)]
pub struct AccountSummary {
    pub id: UserId,
    pub email: EmailAddress,
    pub role: Role,
    pub has_password: bool,
    pub created_at: DateTime<Utc>,
}

struct Row {
    id: Uuid,
    email: serde_json::Value,
    role: String,
    has_password: bool,
    created_at: DateTime<Utc>,
}

impl Accounts {
    /// Where people reach the server: `https://host`, without a path.
    pub fn public_url(&self) -> &str {
        &self.config.public_url
    }

    /// None for who has no account, such as the local owner of a new machine.
    pub async fn account(&self, user: UserId) -> Result<Option<AccountSummary>, AccountError> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, email, role, password IS NOT NULL AS "has_password!", created_at
               FROM accounts WHERE id = $1"#,
            user.0
        )
        .fetch_optional(self.pool())
        .await?;
        match row {
            Some(row) => self.summary(row).await,
            None => Ok(None),
        }
    }

    /// The account of an address, for who may know whether there is one.
    pub async fn account_of(
        &self,
        email: &EmailAddress,
    ) -> Result<Option<AccountSummary>, AccountError> {
        let index = self.email_index(email).await?;
        let id = sqlx::query_scalar!("SELECT id FROM accounts WHERE email_index = $1", &index[..])
            .fetch_optional(self.pool())
            .await?;
        match id {
            Some(id) => self.account(UserId(id)).await,
            None => Ok(None),
        }
    }

    /// Up to `limit` accounts after `after`, by id, which is by age.
    pub async fn accounts(
        &self,
        after: Option<UserId>,
        limit: u16,
    ) -> Result<Vec<AccountSummary>, AccountError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, email, role, password IS NOT NULL AS "has_password!", created_at
               FROM accounts WHERE $1::uuid IS NULL OR id > $1
               ORDER BY id LIMIT $2"#,
            after.map(|after| after.0),
            i64::from(limit)
        )
        .fetch_all(self.pool())
        .await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            accounts.extend(self.summary(row).await?);
        }
        Ok(accounts)
    }

    /// None when the person is being erased at this moment.
    async fn summary(&self, row: Row) -> Result<Option<AccountSummary>, AccountError> {
        let id = UserId(row.id);
        let email: Personal =
            serde_json::from_value(row.email).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let email = match self.vault().open_personal(&email, &email_of(id)).await? {
            Opened::Plain(email) => EmailAddress::try_new(email.expose_secret())?,
            Opened::Erased => return Ok(None),
        };
        Ok(Some(AccountSummary {
            id,
            email,
            role: role_of(&row.role)?,
            has_password: row.has_password,
            created_at: row.created_at,
        }))
    }
}

/// Of the command that registers somebody.
pub(crate) fn register_id(user: UserId) -> Uuid {
    Uuid::new_v5(&user.0, b"register")
}

/// The place of an account's address: its first event.
pub(crate) fn email_of(user: UserId) -> Place<'static> {
    Place {
        event_id: commands::event_id(register_id(user), 0),
        field: "email",
    }
}
