use std::sync::Arc;

use commands::{CommandContext, Dispatcher};
use domain::{Clock, EmailAddress, IdSource, Personal, UserId};
use event_store::{Actor, EventStore};
use integrations::mail::Mailer;
use integrations::media::MediaStore;
use projections::Watermarks;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tokio::sync::Notify;
use uuid::Uuid;
use vault::{Entropy, Opened, Place, Vault, VaultError};

use crate::password::Passwords;
use crate::signing::SigningKeys;
use crate::standing::Standing;
use crate::{Client, Limits};

/// What accounts are made of.
pub struct Parts {
    pub pool: PgPool,
    pub vault: Vault,
    pub dispatcher: Dispatcher,
    pub store: Arc<dyn EventStore>,
    /// How far the read models are, which tell what a person has.
    pub watermarks: Watermarks,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub entropy: Arc<dyn Entropy>,
    pub mailer: Arc<dyn Mailer>,
    /// Where the ledger of erasures is kept, apart from the database.
    pub media: Arc<dyn MediaStore>,
}

#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// Where links in mails lead: `https://host`, without a path.
    pub public_url: String,
    /// Whoever proves that this address is theirs may be made the owner.
    pub owner_email: Option<EmailAddress>,
    /// Passwords that are hashed at once.
    pub hash_at_once: usize,
}

/// The one door to accounts. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) parts: Arc<Parts>,
    pub(crate) config: Arc<AccountsConfig>,
    pub(crate) passwords: Passwords,
    pub(crate) keys: SigningKeys,
    pub(crate) limits: Limits,
    pub(crate) standing: Standing,
    /// There is work after an answer.
    pub(crate) work: Arc<Notify>,
}

impl Accounts {
    pub fn new(parts: Parts, config: AccountsConfig) -> Self {
        let Parts {
            pool,
            vault,
            clock,
            ids,
            entropy,
            ..
        } = &parts;
        let keys = SigningKeys::new(
            pool.clone(),
            vault.clone(),
            Arc::clone(clock),
            Arc::clone(ids),
            Arc::clone(entropy),
        );
        Self {
            passwords: Passwords::new(config.hash_at_once, Arc::clone(entropy)),
            limits: Limits::new(pool.clone(), vault.clone(), Arc::clone(clock)),
            keys,
            standing: Standing::default(),
            work: Arc::default(),
            config: Arc::new(config),
            parts: Arc::new(parts),
        }
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.parts.pool
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    /// How an address is found without being kept in the clear.
    pub(crate) async fn email_index(&self, email: &EmailAddress) -> Result<[u8; 32], VaultError> {
        self.vault().index("email", &email.normalized()).await
    }
}

/// One request of somebody: what ties its events together, and where it is from.
#[derive(Clone)]
pub struct Visit {
    pub correlation_id: Uuid,
    pub client: Client,
}

impl Accounts {
    /// The cause of what `actor` does in this visit.
    pub(crate) async fn cause(&self, actor: UserId, visit: &Visit) -> Result<Cause, VaultError> {
        Ok(Cause {
            correlation_id: visit.correlation_id,
            actor: Actor::User { id: actor },
            origin: Some(self.seal_origin(actor, visit).await?),
        })
    }

    /// Where a visit is from, as its events hold it.
    pub async fn seal_origin(&self, actor: UserId, visit: &Visit) -> Result<Personal, VaultError> {
        let place = origin_of(visit.correlation_id);
        let origin = visit.client.to_text();
        self.vault().seal_personal(actor, &place, &origin).await
    }
}

impl Accounts {
    /// From where an event's actor asked; none once they are erased.
    pub async fn open_origin(
        &self,
        correlation_id: Uuid,
        sealed: &Personal,
    ) -> Result<Option<Client>, VaultError> {
        let place = origin_of(correlation_id);
        Ok(match self.vault().open_personal(sealed, &place).await? {
            Opened::Plain(text) => Client::of_text(text.expose_secret()),
            Opened::Erased => None,
        })
    }
}

/// The place of a sealed origin: all events of one correlation share it.
pub(crate) fn origin_of(correlation_id: Uuid) -> Place<'static> {
    Place {
        event_id: correlation_id,
        field: "origin",
    }
}

/// Whose doing something is, and where from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cause {
    pub(crate) correlation_id: Uuid,
    pub(crate) actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<Personal>,
}

impl Cause {
    /// The command `command_id` about something of `owner`.
    pub(crate) fn command(&self, command_id: Uuid, owner: UserId) -> CommandContext {
        CommandContext {
            command_id,
            correlation_id: self.correlation_id,
            causation_id: None,
            actor: self.actor.clone(),
            owner,
            origin: self.origin.clone(),
            traceparent: None,
        }
    }
}
