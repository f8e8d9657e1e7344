use accounts::{AccessTokenSummary, AccountSummary, Client, SessionSummary, Via, Viewer};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::access_token::Scope as DomainScope;
use domain::{Role as DomainRole, SessionId};

use crate::context::Asking;
use crate::error::unexpected;

/// What a person may do.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "DomainRole")]
pub(crate) enum Role {
    /// Everything. There is one, and no admin can change that.
    Owner,
    /// Everything but what touches the owner.
    Admin,
    /// What is their own.
    User,
}

/// What an access token is good for, within what its person may do.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "DomainScope")]
pub(crate) enum Scope {
    /// Queries, subscriptions and files.
    Read,
    /// Mutations about series, videos and music.
    Write,
    /// `GET /events`.
    Events,
    /// What needs the role of an admin.
    Admin,
}

/// Who is asking.
pub(crate) struct Me {
    pub(super) viewer: Viewer,
    /// None for the local owner of a machine without accounts.
    pub(super) account: Option<AccountSummary>,
}

#[Object]
impl Me {
    async fn id(&self) -> ID {
        self.viewer.user.0.into()
    }

    async fn role(&self) -> Role {
        self.viewer.role.into()
    }

    /// Null for who uses the program on their own machine without an account.
    async fn email(&self) -> Option<&str> {
        self.account.as_ref().map(|account| account.email.as_str())
    }

    /// False for who signs in through another provider only.
    async fn has_password(&self) -> bool {
        self.account
            .as_ref()
            .is_some_and(|account| account.has_password)
    }

    /// Where you are signed in, the last used first.
    #[graphql(complexity = "10 * child_complexity")]
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<Session>> {
        let found = ctx.api().accounts.sessions(self.viewer.user).await;
        let found = found.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        let current = self.viewer.session();
        Ok(found
            .into_iter()
            .map(|session| Session::of(session, current))
            .collect())
    }

    /// Your access tokens, newest first.
    #[graphql(complexity = "10 * child_complexity")]
    async fn access_tokens(&self, ctx: &Context<'_>) -> Result<Vec<AccessToken>> {
        let found = ctx.api().accounts.access_tokens(self.viewer.user).await;
        let found = found.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// What lets you in here: `LOCAL`, `SESSION` or `ACCESS_TOKEN`.
    async fn via(&self) -> &'static str {
        match self.viewer.via {
            Via::Local => "LOCAL",
            Via::Session(_) => "SESSION",
            Via::AccessToken { .. } => "ACCESS_TOKEN",
        }
    }
}

/// From where somebody asked.
#[derive(SimpleObject)]
pub(crate) struct Origin {
    /// Of the network: an IPv4 or IPv6 address.
    address: String,
    /// What the program on their side calls itself.
    agent: String,
}

impl From<Client> for Origin {
    fn from(client: Client) -> Self {
        Self {
            address: client.address.to_string(),
            agent: client.agent,
        }
    }
}

/// Somebody signed in on some device.
#[derive(SimpleObject)]
pub(crate) struct Session {
    id: ID,
    /// From where it was started.
    origin: Option<Origin>,
    started_at: DateTime<Utc>,
    used_at: DateTime<Utc>,
    /// It is the one that asks.
    is_current: bool,
}

impl Session {
    fn of(session: SessionSummary, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.0.into(),
            origin: session.client.map(Into::into),
            started_at: session.started_at,
            used_at: session.used_at,
            is_current: current == Some(session.id),
        }
    }
}

/// What a script or a command line shows instead of a session.
#[derive(SimpleObject)]
pub(crate) struct AccessToken {
    pub(super) id: ID,
    name: String,
    scopes: Vec<Scope>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// To the minute; null when it never was.
    used_at: Option<DateTime<Utc>>,
}

impl From<AccessTokenSummary> for AccessToken {
    fn from(token: AccessTokenSummary) -> Self {
        Self {
            id: token.id.0.into(),
            name: token.name,
            scopes: token.scopes.into_iter().map(Into::into).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            used_at: token.used_at,
        }
    }
}
