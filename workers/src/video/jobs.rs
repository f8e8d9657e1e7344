use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::video::VideoCommand;
use domain::video::output::ProviderJob;
use integrations::ProviderError;
use integrations::images::JobRecord;

use super::failover::note;
use super::stage::{Interrupted, Job};

/// The jobs for one scene, in the log before anybody waits for them.
pub(super) struct LoggedJobs<'a> {
    job: &'a Job<'a>,
    scene: u16,
    /// Of this attempt, by provider, the latest last.
    started: Mutex<Vec<(String, String)>>,
}

impl<'a> LoggedJobs<'a> {
    pub(super) fn new(job: &'a Job<'a>, scene: u16) -> Self {
        Self {
            job,
            scene,
            started: Mutex::default(),
        }
    }

    fn started(&self) -> MutexGuard<'_, Vec<(String, String)>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl JobRecord for LoggedJobs<'_> {
    fn known(&self, provider: &str) -> Option<String> {
        let started = self.started();
        let ours = started.iter().rev().find(|(by, _)| by == provider);
        let before = || self.job.production.job(provider, Some(self.scene)).cloned();
        ours.map(|(_, id)| id.clone()).or_else(before)
    }

    async fn started(&self, provider: &str, id: &str) -> Result<(), ProviderError> {
        let job = ProviderJob {
            stage: self.job.production.stage,
            attempt: self.job.production.attempt,
            scene: Some(self.scene),
            provider: provider.to_owned(),
            id: id.to_owned(),
        };
        note(self.job, VideoCommand::StartProviderJob(job))
            .await
            .map_err(|interrupted| match interrupted {
                Interrupted::Stopped => ProviderError::Cancelled,
                Interrupted::Failed(failure) => ProviderError::Unavailable {
                    problem: failure.message,
                },
            })?;
        self.started().push((provider.to_owned(), id.to_owned()));
        Ok(())
    }

    fn outlives_call(&self) -> bool {
        self.job.stop.is_cancelled()
    }
}
