//! Personal access tokens: made, listed, revoked. The secret is shown once.

use chrono::{DateTime, TimeDelta, Utc};
use domain::access_token::{AccessToken, AccessTokenCommand, Scope, TokenName};
use domain::{AccessTokenId, InvalidField, Personal, UserId};
use event_store::Position;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use vault::{Opened, Place};

use crate::accounts::Visit;
use crate::records::Happened;
use crate::{AccountError, Accounts, Refused, secret};

/// What every token begins with, so that it is known where it leaks to.
pub(crate) const PREFIX: &str = "narrate_";

const LONGEST: TimeDelta = TimeDelta::days(366);
const MOST: i64 = 50;

/// A token just made.
pub struct NewAccessToken {
    pub id: AccessTokenId,
    /// Never to be seen again.
    pub secret: SecretString,
    pub position: Option<Position>,
}

/// A token as its person sees it.
#[derive(Clone)]
pub struct AccessTokenSummary {
    pub id: AccessTokenId,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

impl Accounts {
    /// `scopes` may not be empty, nor `expires_at` be past or over a year away.
    pub async fn create_access_token(
        &self,
        user: UserId,
        name: &TokenName,
        scopes: &[Scope],
        expires_at: DateTime<Utc>,
        visit: &Visit,
    ) -> Result<NewAccessToken, AccountError> {
        let now = self.parts.clock.now();
        let scopes = checked(scopes, expires_at, now)?;
        self.check_count(user).await?;

        let id = AccessTokenId(self.parts.ids.fresh());
        let cause = self.cause(user, visit).await?;
        let command = cause.command(create_id(id), user);
        let place = name_of(command.event_id(0));
        let name = self
            .vault()
            .seal_personal(user, &place, name.as_str())
            .await?;
        let create = AccessTokenCommand::Create {
            owner: user,
            name: name.clone(),
            scopes: scopes.clone(),
            expires_at,
        };
        let dispatcher = &self.parts.dispatcher;
        let created = dispatcher
            .dispatch::<AccessToken>(id.0, create, &command)
            .await?;

        let secret = secret::fresh(PREFIX, &*self.parts.entropy);
        let slugs: Vec<_> = scopes.iter().map(|scope| scope.slug().to_owned()).collect();
        sqlx::query!(
            "INSERT INTO access_tokens
                (id, token_hash, account, name, scopes, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id.0,
            &secret::hash(&secret),
            user.0,
            serde_json::to_value(name).expect("what is sealed has string keys only"),
            &slugs,
            now,
            expires_at,
        )
        .execute(self.pool())
        .await?;
        Ok(NewAccessToken {
            id,
            secret,
            position: created.position,
        })
    }

    /// The tokens of `user`, newest first; expired ones too, until revoked.
    pub async fn access_tokens(
        &self,
        user: UserId,
    ) -> Result<Vec<AccessTokenSummary>, AccountError> {
        let rows = sqlx::query!(
            "SELECT id, name, scopes, created_at, expires_at, used_at FROM access_tokens
             WHERE account = $1 ORDER BY created_at DESC, id",
            user.0
        )
        .fetch_all(self.pool())
        .await?;
        let mut tokens = Vec::with_capacity(rows.len());
        for row in rows {
            let id = AccessTokenId(row.id);
            let name: Personal = serde_json::from_value(row.name)
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            let place = name_of(commands::event_id(create_id(id), 0));
            let name = match self.vault().open_personal(&name, &place).await? {
                Opened::Plain(name) => name.expose_secret().to_owned(),
                Opened::Erased => continue,
            };
            tokens.push(AccessTokenSummary {
                id,
                name,
                scopes: scopes_of(&row.scopes),
                created_at: row.created_at,
                expires_at: row.expires_at,
                used_at: row.used_at,
            });
        }
        Ok(tokens)
    }

    pub async fn revoke_access_token(
        &self,
        user: UserId,
        token: AccessTokenId,
        visit: &Visit,
    ) -> Result<Option<Position>, AccountError> {
        let cause = self.cause(user, visit).await?;
        let record = self.record(user, &cause, Happened::AccessTokenRevoked { token });
        let mut tx = self.pool().begin().await?;
        let revoked = sqlx::query!(
            "DELETE FROM access_tokens WHERE id = $1 AND account = $2",
            token.0,
            user.0
        )
        .execute(&mut *tx)
        .await?;
        if revoked.rows_affected() == 0 {
            return Err(Refused::NotFound.into());
        }
        self.keep(&mut tx, std::slice::from_ref(&record)).await?;
        tx.commit().await?;
        self.standing.look_now();
        Ok(self.say(vec![record]).await)
    }

    async fn check_count(&self, user: UserId) -> Result<(), AccountError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM access_tokens WHERE account = $1"#,
            user.0
        )
        .fetch_one(self.pool())
        .await?;
        if count < MOST {
            return Ok(());
        }
        let problem = format!("there are {count} of them; at most {MOST} are allowed, revoke some");
        Err(InvalidField::new("name", problem).into())
    }
}

fn checked(
    scopes: &[Scope],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Scope>, InvalidField> {
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.slug()).collect();
        let problem = format!("is empty; choose some of {}", known.join(", "));
        return Err(InvalidField::new("scopes", problem));
    }
    if expires_at <= now || expires_at > now + LONGEST {
        let problem = format!(
            "is not between now and {} days from now",
            LONGEST.num_days()
        );
        return Err(InvalidField::new("expiresAt", problem));
    }
    Ok(scopes)
}

/// Scopes of a newer program are left out: what is not known allows nothing.
pub(crate) fn scopes_of(slugs: &[String]) -> Vec<Scope> {
    slugs.iter().filter_map(|slug| slug.parse().ok()).collect()
}

/// Of the command that creates a token.
fn create_id(token: AccessTokenId) -> Uuid {
    Uuid::new_v5(&token.0, b"create")
}

fn name_of(event_id: Uuid) -> Place<'static> {
    Place {
        event_id,
        field: "name",
    }
}
