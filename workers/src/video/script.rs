use async_trait::async_trait;
use domain::Stage;
use domain::video::output::StageResult;

use super::stage::{Interrupted, Job, StageWorker};

/// Topic to script.
pub(super) struct ScriptStage;

#[async_trait]
impl StageWorker for ScriptStage {
    fn stage(&self) -> Stage {
        Stage::Script
    }

    fn unit(&self) -> &'static str {
        "scenes"
    }

    async fn work(&self, job: &Job<'_>) -> Result<StageResult, Interrupted> {
        let writer = &job.pipeline.providers.script;
        let script = writer
            .write(&(&job.production.brief).into(), &job.observer)
            .await
            .map_err(|error| Interrupted::provider(writer.name(), &error))?;
        Ok(StageResult::Script(script))
    }
}
