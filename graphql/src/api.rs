//! What resolvers work with, and for whom.

use std::path::PathBuf;
use std::sync::Arc;

use async_nats::Client;
use commands::Dispatcher;
use domain::{IdSource, UserId};
use event_store::EventStore;
use integrations::Providers;
use integrations::media::MediaStore;
use projections::series::SeriesQueries;
use projections::video::VideoQueries;
use projections::{Subjects, Watermarks};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

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
    /// Asked which voices there are, never to make anything.
    pub providers: Providers,
    pub ids: Arc<dyn IdSource>,
    /// Where uploads are checked before they are kept.
    pub scratch: PathBuf,
    /// Cancelled when the server stops, which answers without end end with.
    pub stop: CancellationToken,
}

impl Api {
    pub(crate) fn videos(&self) -> VideoQueries {
        VideoQueries::new(self.pool.clone())
    }

    pub(crate) fn series(&self) -> SeriesQueries {
        SeriesQueries::new(self.pool.clone())
    }
}

/// Who is asking. Only `authenticate` makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
    pub is_admin: bool,
}
