//! What resolvers work with, and for whom.

use std::path::PathBuf;
use std::sync::Arc;

use accounts::Accounts;
use async_nats::Client;
use commands::Dispatcher;
use domain::{Clock, IdSource};
use event_store::EventStore;
use integrations::Providers;
use integrations::identity::IdentityProvider;
use integrations::media::MediaStore;
use material::Materials;
use notifications::{Mails, Webhooks};
use projections::notification::NotificationQueries;
use projections::series::SeriesQueries;
use projections::video::{SpendingQueries, VideoQueries};
use projections::{Subjects, Watermarks};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use vault::Vault;

pub struct Api {
    pub dispatcher: Dispatcher,
    /// Where the events themselves are read.
    pub store: Arc<dyn EventStore>,
    /// Where the read models are.
    pub pool: PgPool,
    pub nats: Client,
    pub subjects: Subjects,
    pub watermarks: Watermarks,
    pub media: Arc<dyn MediaStore>,
    /// What users brought for their videos.
    pub materials: Materials,
    /// Asked which voices there are, never to make anything.
    pub providers: Providers,
    pub ids: Arc<dyn IdSource>,
    pub clock: Arc<dyn Clock>,
    pub accounts: Accounts,
    pub vault: Vault,
    /// Through whom people may sign in, if through anybody.
    pub identity: Option<Arc<dyn IdentityProvider>>,
    /// Who is on this machine and shows nothing is its owner: only for an API
    /// that nobody else reaches.
    pub knows_local_owner: bool,
    pub webhooks: Webhooks,
    /// Which mails people get.
    pub mails: Mails,
    /// Where uploads are checked before they are kept.
    pub scratch: PathBuf,
    /// Cancelled when the server stops, which answers without end end with.
    pub stop: CancellationToken,
}

impl Api {
    pub(crate) fn videos(&self) -> VideoQueries {
        VideoQueries::new(self.pool.clone())
    }

    pub(crate) fn spending(&self) -> SpendingQueries {
        SpendingQueries::new(self.pool.clone())
    }

    pub(crate) fn series(&self) -> SeriesQueries {
        SeriesQueries::new(self.pool.clone())
    }

    pub(crate) fn notifications(&self) -> NotificationQueries {
        NotificationQueries::new(self.pool.clone())
    }
}
