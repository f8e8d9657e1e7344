//! What a caller hands to a long call: a way to stop it, to hear from it, and to
//! keep what it pays for.

use std::sync::Arc;

use domain::Usage;
use tokio_util::sync::CancellationToken;

use crate::Journal;
use crate::journal::{Call, PriceList};

/// Passed to every maker and to uploads. Cheap to clone; clones share the
/// token and the listener.
#[derive(Clone)]
pub struct Observer {
    cancel: CancellationToken,
    progress: Arc<dyn Fn(u64, u64) + Send + Sync>,
    journal: Option<Arc<Journal>>,
    prices: Arc<PriceList>,
}

impl Observer {
    /// `progress` hears `(done, total)` in units of the callee's choosing, from
    /// any thread; it must return at once.
    pub fn new(
        cancel: CancellationToken,
        progress: impl Fn(u64, u64) + Send + Sync + 'static,
    ) -> Self {
        Self {
            cancel,
            progress: Arc::new(progress),
            journal: None,
            prices: Arc::default(),
        }
    }

    /// The same, for calls whose answers `journal` keeps.
    #[must_use]
    pub fn keeping(&self, journal: &Arc<Journal>) -> Self {
        Self {
            journal: Some(Arc::clone(journal)),
            ..self.clone()
        }
    }

    /// The same, for calls of models that ask for so much.
    pub(crate) fn priced(&self, prices: &Arc<PriceList>) -> Self {
        Self {
            prices: Arc::clone(prices),
            ..self.clone()
        }
    }

    /// Tells what the call of this `id` costs: what `used` says, or the most it can
    /// be.
    pub(crate) fn charge(&self, call: &Call<'_>, id: &str, used: Option<Vec<Usage>>) {
        if let Some(journal) = &self.journal {
            journal.charge(call.charge(id, used, &self.prices));
        }
    }

    pub(crate) fn journal(&self) -> Option<&Journal> {
        self.journal.as_deref()
    }

    /// Never stops a call, and hears nothing.
    pub fn silent() -> Self {
        Self::new(CancellationToken::new(), |_, _| {})
    }

    pub fn progress(&self, done: u64, total: u64) {
        (self.progress)(done, total);
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Resolves when the caller asks to stop.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// The same token, hearing nothing.
    pub fn without_progress(&self) -> Self {
        Self {
            progress: Arc::new(|_, _| {}),
            ..self.clone()
        }
    }

    /// The same listener, with a token that is also cancelled on its own.
    pub fn child(&self) -> (Self, CancellationToken) {
        let cancel = self.cancel.child_token();
        let child = Self {
            cancel: cancel.clone(),
            ..self.clone()
        };
        (child, cancel)
    }
}
