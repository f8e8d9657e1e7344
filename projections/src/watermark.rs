//! How far each projection has come, for who waits to read its own writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use event_store::Position;
use sqlx::PgPool;
use tokio::sync::watch;

use crate::checkpoint;

/// How often to ask the database, for projections that run elsewhere.
const ASK_EVERY: Duration = Duration::from_millis(25);

/// The projection is not there yet.
#[derive(Debug, thiserror::Error)]
pub enum Lagging {
    #[error("the view has not caught up with position {wanted} yet; ask again shortly")]
    Timeout { wanted: Position },
    #[error("position {wanted} is of another log than the view; drop it and read afresh")]
    OtherEpoch { wanted: Position },
    #[error("the view's position could not be read")]
    Database(#[from] sqlx::Error),
}

/// By the name of the projection.
type Local = HashMap<&'static str, watch::Sender<Option<Position>>>;

/// Shared by the followers of this process and everyone who waits for them.
#[derive(Clone)]
pub struct Watermarks {
    pool: PgPool,
    local: Arc<Mutex<Local>>,
}

impl Watermarks {
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            local: Arc::default(),
        }
    }

    pub(crate) fn reached(&self, name: &'static str, at: Position) {
        self.sender(name).send_replace(Some(at));
    }

    /// Waits until projection `name` reflects `wanted`.
    pub async fn wait_for(
        &self,
        name: &'static str,
        wanted: Position,
        timeout: Duration,
    ) -> Result<(), Lagging> {
        let mut local = self.sender(name).subscribe();
        let arrive = async {
            loop {
                let here = *local.borrow_and_update();
                let at = match here {
                    Some(at) if at.has_reached(&wanted) == Some(true) => Some(at),
                    _ => checkpoint::load(&self.pool, name).await?,
                };
                match at.map(|at| at.has_reached(&wanted)) {
                    Some(Some(true)) => return Ok(()),
                    Some(None) => return Err(Lagging::OtherEpoch { wanted }),
                    Some(Some(false)) | None => {}
                }
                let _ = tokio::time::timeout(ASK_EVERY, local.changed()).await;
            }
        };
        tokio::time::timeout(timeout, arrive)
            .await
            .unwrap_or(Err(Lagging::Timeout { wanted }))
    }

    fn sender(&self, name: &'static str) -> watch::Sender<Option<Position>> {
        let mut local = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        local
            .entry(name)
            .or_insert_with(|| watch::channel(None).0)
            .clone()
    }
}
