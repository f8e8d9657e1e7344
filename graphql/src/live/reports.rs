//! How far running stages are, for everyone who follows the same person's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::{Client, Subscriber};
use domain::UserId;
use futures::StreamExt;
use projections::Subjects;
use projections::progress::StageProgress;
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

use super::feeds::NOTED_WITHIN;

/// Reports that a slow client may be behind; older ones say nothing new.
const BUFFERED: usize = 64;
/// How long to hear nothing before looking whether anyone still listens.
const QUIET: Duration = Duration::from_secs(3);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// Reports of everyone's videos, by owner. They may be lost.
#[derive(Clone)]
pub(crate) struct Reports {
    shared: Arc<Shared>,
}

struct Shared {
    nats: Client,
    subjects: Subjects,
    owners: Mutex<HashMap<UserId, Owner>>,
}

struct Owner {
    reports: broadcast::Sender<Arc<StageProgress>>,
    /// Reports arrive from now on.
    is_heard: watch::Receiver<bool>,
}

impl Reports {
    pub(crate) fn new(nats: Client, subjects: Subjects) -> Self {
        Self {
            shared: Arc::new(Shared {
                nats,
                subjects,
                owners: Mutex::default(),
            }),
        }
    }

    /// Reports of `owner`'s videos from now on.
    pub(crate) async fn attach(&self, owner: UserId) -> broadcast::Receiver<Arc<StageProgress>> {
        let (reports, mut is_heard) = self.shared.attach(owner);
        // Should it end meanwhile, nothing is heard, and nothing is lost by that.
        let _ = is_heard.wait_for(|is_heard| *is_heard).await;
        reports
    }
}

impl Shared {
    fn attach(
        self: &Arc<Self>,
        owner: UserId,
    ) -> (
        broadcast::Receiver<Arc<StageProgress>>,
        watch::Receiver<bool>,
    ) {
        let mut owners = self.owners();
        let known = owners.entry(owner).or_insert_with(|| {
            let (reports, _) = broadcast::channel(BUFFERED);
            let (heard, is_heard) = watch::channel(false);
            tokio::spawn(Arc::clone(self).hear(owner, reports.clone(), heard));
            Owner { reports, is_heard }
        });
        (known.reports.subscribe(), known.is_heard.clone())
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<UserId, Owner>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears until nobody listens.
    async fn hear(
        self: Arc<Self>,
        owner: UserId,
        reports: broadcast::Sender<Arc<StageProgress>>,
        heard: watch::Sender<bool>,
    ) {
        let subject = self.subjects.any_progress(owner);
        loop {
            match self.nats.subscribe(subject.clone()).await {
                Ok(messages) => {
                    let _ = timeout(NOTED_WITHIN, self.nats.flush()).await;
                    heard.send_replace(true);
                    if self.pass_on(owner, messages, &reports).await.is_err() {
                        return;
                    }
                }
                Err(error) => tracing::warn!(%error, "progress cannot be followed; trying again"),
            }
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
        }
    }

    /// Fails once nobody listens.
    async fn pass_on(
        &self,
        owner: UserId,
        mut messages: Subscriber,
        reports: &broadcast::Sender<Arc<StageProgress>>,
    ) -> Result<(), NobodyListens> {
        loop {
            match timeout(QUIET, messages.next()).await {
                Ok(None) => return Ok(()),
                Ok(Some(message)) => match serde_json::from_slice(&message.payload) {
                    // Without listeners there is nobody to tell.
                    Ok(report) => drop(reports.send(Arc::new(report))),
                    Err(error) => tracing::debug!(%error, "a progress report cannot be read"),
                },
                Err(_) => {
                    let mut owners = self.owners();
                    if reports.receiver_count() == 0 {
                        owners.remove(&owner);
                        return Err(NobodyListens);
                    }
                }
            }
        }
    }
}

struct NobodyListens;
