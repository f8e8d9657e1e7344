//! From what a request shows to who is asking. Looked up each time: what was
//! revoked a moment ago is good for nothing.

use domain::{AccessTokenId, Role, SessionId, UserId};
use secrecy::{ExposeSecret, SecretString};

use crate::access_token::{PREFIX, scopes_of};
use crate::signing::Access;
use crate::{AccountError, Accounts, Refused, Via, Viewer, secret};

/// A token's last use is noted once in so many seconds.
const NOTED_EVERY: f64 = 60.0;

impl Accounts {
    /// Who shows `token`: an access token of a session, or a personal one.
    pub async fn authenticate(&self, token: &SecretString) -> Result<Viewer, AccountError> {
        if token.expose_secret().starts_with(PREFIX) {
            self.by_access_token(token).await
        } else {
            self.by_session(token).await
        }
    }

    async fn by_session(&self, token: &SecretString) -> Result<Viewer, AccountError> {
        let access = self.keys.verify(token).await?.ok_or(Refused::Session)?;
        let Access { user, session } = access;
        let role = self.role_in_session(user, session).await?;
        Ok(Viewer {
            user,
            role: role.ok_or(Refused::Session)?,
            via: Via::Session(session),
        })
    }

    /// None when the session is over.
    async fn role_in_session(
        &self,
        user: UserId,
        session: SessionId,
    ) -> sqlx::Result<Option<Role>> {
        let role = sqlx::query_scalar!(
            "SELECT a.role FROM sessions s JOIN accounts a ON a.id = s.account
             WHERE s.id = $1 AND s.account = $2 AND s.expires_at > $3",
            session.0,
            user.0,
            self.parts.clock.now()
        );
        let role = role.fetch_optional(self.pool()).await?;
        role.as_deref().map(role_of).transpose()
    }

    async fn by_access_token(&self, token: &SecretString) -> Result<Viewer, AccountError> {
        let now = self.parts.clock.now();
        let found = sqlx::query!(
            r#"SELECT t.id, t.account, t.scopes, a.role,
                coalesce(t.used_at + make_interval(secs => $3) < $2, true) AS "is_to_note!"
               FROM access_tokens t JOIN accounts a ON a.id = t.account
               WHERE t.token_hash = $1 AND t.expires_at > $2"#,
            &secret::hash(token),
            now,
            NOTED_EVERY
        )
        .fetch_optional(self.pool())
        .await?;
        let found = found.ok_or(Refused::AccessToken)?;
        if found.is_to_note {
            sqlx::query!(
                "UPDATE access_tokens SET used_at = $2 WHERE id = $1",
                found.id,
                now
            )
            .execute(self.pool())
            .await?;
        }
        Ok(Viewer {
            user: UserId(found.account),
            role: role_of(&found.role)?,
            via: Via::AccessToken {
                id: AccessTokenId(found.id),
                scopes: scopes_of(&found.scopes),
            },
        })
    }

    /// As who they are now, if what they showed is still good.
    pub async fn still(&self, viewer: &Viewer) -> Result<Option<Viewer>, AccountError> {
        let role = match &viewer.via {
            Via::Local => Some(viewer.role),
            Via::Session(session) => self.role_in_session(viewer.user, *session).await?,
            Via::AccessToken { id, .. } => {
                let role = sqlx::query_scalar!(
                    "SELECT a.role FROM access_tokens t JOIN accounts a ON a.id = t.account
                     WHERE t.id = $1 AND t.expires_at > $2",
                    id.0,
                    self.parts.clock.now()
                );
                let role = role.fetch_optional(self.pool()).await?;
                role.as_deref().map(role_of).transpose()?
            }
        };
        Ok(role.map(|role| Viewer {
            role,
            ..viewer.clone()
        }))
    }
}

pub(crate) fn role_of(slug: &str) -> sqlx::Result<Role> {
    slug.parse::<Role>()
        .map_err(|error| sqlx::Error::Decode(error.into()))
}
