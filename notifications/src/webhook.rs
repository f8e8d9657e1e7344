//! Webhooks: people's endpoints, and the messages that go to them.

pub(crate) mod announce;
mod attempt;
mod delivery;
mod endpoint;
mod manage;
mod payload;
mod secrets;
mod sending;

pub use attempt::Attempt;
pub use delivery::{Delivery, DeliveryState};
pub use endpoint::{DisabledBecause, Endpoint};
pub use manage::{EndpointChanges, NewEndpoint};
pub use payload::{TEST_EVENT, event_type};

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Clock, IdSource, InvalidField};
use integrations::webhook::{Reach, WebhookSender};
use sqlx::PgPool;
use tokio::sync::Notify;
use vault::{Entropy, Vault};

/// Endpoints that one person may have.
pub const MAX_ENDPOINTS: u16 = 10;
/// Characters of an endpoint's description.
pub const MAX_DESCRIPTION_CHARS: usize = 200;
/// Hours that an old secret may still sign.
pub const MAX_OVERLAP_HOURS: u16 = 168;

/// What webhooks are made of.
pub struct WebhooksConfig {
    pub pool: PgPool,
    pub vault: Vault,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub entropy: Arc<dyn Entropy>,
    pub sender: Arc<dyn WebhookSender>,
    /// Judges what people write down; the sender judges where it leads.
    pub reach: Reach,
}

/// The one door to endpoints and deliveries. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    parts: Arc<WebhooksConfig>,
    /// Something may be due.
    work: Arc<Notify>,
}

impl Webhooks {
    pub fn new(parts: WebhooksConfig) -> Self {
        Self {
            parts: Arc::new(parts),
            work: Arc::default(),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }

    pub(crate) fn look_now(&self) {
        self.work.notify_one();
    }

    fn pool(&self) -> &PgPool {
        &self.parts.pool
    }
}

pub(crate) fn decoded(problem: impl std::fmt::Display) -> sqlx::Error {
    sqlx::Error::Decode(problem.to_string().into())
}

fn kinds_of(slugs: &[String]) -> sqlx::Result<Vec<domain::NotificationKind>> {
    let kind = |slug: &String| slug.parse().map_err(|error: InvalidField| decoded(error));
    slugs.iter().map(kind).collect()
}
