//! Sessions: opened, kept up by refresh tokens that work once, ended.

use chrono::{DateTime, TimeDelta, Utc};
use domain::session::{Session, SessionCommand, SessionEnd, SignInMethod};
use domain::{Personal, SessionId, UserId};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgConnection;
use uuid::Uuid;
use vault::{Opened, Place};

use crate::accounts::{Cause, Visit};
use crate::records::{Happened, Record};
use crate::signing::Access;
use crate::{AccountError, Accounts, Client, Refused, secret};

/// How long a refresh token waits to be used.
pub(crate) const REFRESH_FOR: TimeDelta = TimeDelta::days(7);
/// However often it is refreshed, a session ends after this.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// What a signed-in device is given.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: UserId,
    pub session: SessionId,
    pub access: SecretString,
    pub refresh: SecretString,
    /// When the refresh token is no longer good.
    pub expires_at: DateTime<Utc>,
}

/// A session as its person sees it.
#[derive(Clone)]
pub struct SessionSummary {
    pub id: SessionId,
    /// From where it was started.
    pub client: Option<Client>,
    pub started_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
}

impl Accounts {
    /// Signs `user` in: they have proved who they are, by `method`.
    pub(crate) async fn open_session(
        &self,
        user: UserId,
        method: SignInMethod,
        visit: &Visit,
    ) -> Result<SignedIn, AccountError> {
        let session = SessionId(self.parts.ids.fresh());
        let cause = self.cause(user, visit).await?;
        let command = cause.command(start_id(session), user);
        let event_id = command.event_id(0);
        let client = visit.client.to_text();
        let client = self
            .vault()
            .seal_personal(user, &client_of(event_id), &client)
            .await?;
        let start = SessionCommand::Start {
            owner: user,
            method,
            client: client.clone(),
        };
        self.parts
            .dispatcher
            .dispatch::<Session>(session.0, start, &command)
            .await?;

        let now = self.parts.clock.now();
        let expires_at = now + REFRESH_FOR;
        let refresh = secret::fresh("", &*self.parts.entropy);
        let mut tx = self.pool().begin().await?;
        sqlx::query!(
            "INSERT INTO sessions (id, account, client, started_at, used_at, expires_at)
             VALUES ($1, $2, $3, $4, $4, $5)",
            session.0,
            user.0,
            serde_json::to_value(client).expect("what is sealed has string keys only"),
            now,
            expires_at,
        )
        .execute(&mut *tx)
        .await?;
        issue(&mut tx, session, &refresh).await?;
        tx.commit().await?;
        self.hand_over(user, session, refresh, expires_at).await
    }

    /// A new access token and a new refresh token for the one shown. One that was
    /// used before ends the session: it is in two hands.
    pub async fn refresh(
        &self,
        shown: &SecretString,
        visit: &Visit,
    ) -> Result<SignedIn, AccountError> {
        let now = self.parts.clock.now();
        let mut tx = self.pool().begin().await?;
        // The session's row is locked, so of two that come at once one is second.
        let found = sqlx::query!(
            r#"SELECT s.id, s.account, s.started_at, s.expires_at, r.used_at
               FROM refresh_tokens r JOIN sessions s ON s.id = r.session
               WHERE r.token_hash = $1
               FOR UPDATE"#,
            &secret::hash(shown)
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(found) = found else {
            return Err(Refused::Session.into());
        };
        let (user, session) = (UserId(found.account), SessionId(found.id));
        if found.used_at.is_some() {
            let cause = self.cause(user, visit).await?;
            let ended = self
                .end_in(&mut tx, user, &[session], SessionEnd::TokenReused, &cause)
                .await?;
            tx.commit().await?;
            self.standing.look_now();
            tracing::warn!(session.id = %session, "a used refresh token came back; its session is ended");
            self.say(ended).await;
            return Err(Refused::Session.into());
        }
        if found.expires_at <= now {
            return Err(Refused::Session.into());
        }
        let expires_at = (now + REFRESH_FOR).min(found.started_at + LONGEST);
        let refresh = secret::fresh("", &*self.parts.entropy);
        sqlx::query!(
            "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1",
            &secret::hash(shown),
            now
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE sessions SET used_at = $2, expires_at = $3 WHERE id = $1",
            session.0,
            now,
            expires_at
        )
        .execute(&mut *tx)
        .await?;
        issue(&mut tx, session, &refresh).await?;
        tx.commit().await?;
        self.hand_over(user, session, refresh, expires_at).await
    }

    /// The sessions of `user`, the last used first.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<SessionSummary>, AccountError> {
        let rows = sqlx::query!(
            "SELECT id, client, started_at, used_at FROM sessions
             WHERE account = $1 AND expires_at > $2
             ORDER BY used_at DESC, id",
            user.0,
            self.parts.clock.now()
        )
        .fetch_all(self.pool())
        .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in rows {
            let id = SessionId(row.id);
            sessions.push(SessionSummary {
                id,
                client: self.client_of_session(id, row.client).await?,
                started_at: row.started_at,
                used_at: row.used_at,
            });
        }
        Ok(sessions)
    }

    /// Ends one session of `user`.
    pub async fn end_session(
        &self,
        user: UserId,
        session: SessionId,
        end: SessionEnd,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let ended = self.end_sessions(user, &[session], end, visit).await?;
        if ended == 0 {
            Err(Refused::NotFound.into())
        } else {
            Ok(())
        }
    }

    /// Ends every session of `user` but `keep`; answers how many.
    pub async fn end_other_sessions(
        &self,
        user: UserId,
        keep: Option<SessionId>,
        visit: &Visit,
    ) -> Result<usize, AccountError> {
        let others = self.other_sessions(user, keep).await?;
        self.end_sessions(user, &others, SessionEnd::EndedByUser, visit)
            .await
    }

    async fn end_sessions(
        &self,
        user: UserId,
        sessions: &[SessionId],
        end: SessionEnd,
        visit: &Visit,
    ) -> Result<usize, AccountError> {
        let cause = self.cause(user, visit).await?;
        let mut tx = self.pool().begin().await?;
        let records = self.end_in(&mut tx, user, sessions, end, &cause).await?;
        tx.commit().await?;
        self.standing.look_now();
        let ended = records.len();
        self.say(records).await;
        Ok(ended)
    }

    pub(crate) async fn other_sessions(
        &self,
        user: UserId,
        keep: Option<SessionId>,
    ) -> sqlx::Result<Vec<SessionId>> {
        let others = sqlx::query_scalar!(
            "SELECT id FROM sessions WHERE account = $1 AND id IS DISTINCT FROM $2",
            user.0,
            keep.map(|keep| keep.0)
        );
        let others = others.fetch_all(self.pool()).await?;
        Ok(others.into_iter().map(SessionId).collect())
    }

    /// Ends those of `sessions` that are `user`'s, within a transaction. What it
    /// answers is to be said once that is committed.
    pub(crate) async fn end_in(
        &self,
        tx: &mut PgConnection,
        user: UserId,
        sessions: &[SessionId],
        end: SessionEnd,
        cause: &Cause,
    ) -> sqlx::Result<Vec<Record>> {
        let ids: Vec<Uuid> = sessions.iter().map(|session| session.0).collect();
        let ended = sqlx::query_scalar!(
            "DELETE FROM sessions WHERE account = $1 AND id = ANY($2) RETURNING id",
            user.0,
            &ids
        )
        .fetch_all(&mut *tx)
        .await?;
        let ended = ended.into_iter().map(|id| Happened::SessionEnded {
            session: SessionId(id),
            cause: end,
        });
        let records: Vec<_> = ended.map(|ended| self.record(user, cause, ended)).collect();
        self.keep(tx, &records).await?;
        Ok(records)
    }

    async fn client_of_session(
        &self,
        session: SessionId,
        sealed: serde_json::Value,
    ) -> Result<Option<Client>, AccountError> {
        let sealed: Personal =
            serde_json::from_value(sealed).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let event_id = commands::event_id(start_id(session), 0);
        Ok(
            match self
                .vault()
                .open_personal(&sealed, &client_of(event_id))
                .await?
            {
                Opened::Plain(text) => Client::of_text(text.expose_secret()),
                Opened::Erased => None,
            },
        )
    }

    async fn hand_over(
        &self,
        user: UserId,
        session: SessionId,
        refresh: SecretString,
        expires_at: DateTime<Utc>,
    ) -> Result<SignedIn, AccountError> {
        let access = self.keys.sign(Access { user, session }).await?;
        Ok(SignedIn {
            user,
            session,
            access,
            refresh,
            expires_at,
        })
    }
}

async fn issue(
    tx: &mut PgConnection,
    session: SessionId,
    refresh: &SecretString,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO refresh_tokens (token_hash, session) VALUES ($1, $2)",
        &secret::hash(refresh),
        session.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Of the command that starts a session.
fn start_id(session: SessionId) -> Uuid {
    Uuid::new_v5(&session.0, b"start")
}

fn client_of(event_id: Uuid) -> Place<'static> {
    Place {
        event_id,
        field: "client",
    }
}
