use domain::access_token::Scope;
use domain::{AccessTokenId, Role, SessionId, UserId};

/// Who is asking, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
    pub role: Role,
    pub via: Via,
}

/// What somebody showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Nothing: they are on this machine.
    Local,
    Session(SessionId),
    AccessToken {
        id: AccessTokenId,
        scopes: Vec<Scope>,
    },
}

impl Viewer {
    /// Who uses the program on their own machine.
    pub fn local_owner() -> Self {
        Self {
            user: UserId::LOCAL_OWNER,
            role: Role::Owner,
            via: Via::Local,
        }
    }

    /// What they showed is good for `scope`. A session is good for everything.
    pub fn has(&self, scope: Scope) -> bool {
        match &self.via {
            Via::Local | Via::Session(_) => true,
            Via::AccessToken { scopes, .. } => scopes.contains(&scope),
        }
    }

    /// They may see and do what reaches past their own things.
    pub fn is_admin(&self) -> bool {
        self.role.is_admin() && self.has(Scope::Admin)
    }

    pub fn session(&self) -> Option<SessionId> {
        match self.via {
            Via::Session(session) => Some(session),
            Via::Local | Via::AccessToken { .. } => None,
        }
    }
}
