use async_trait::async_trait;
use domain::Stage;
use domain::video::output::StageResult;
use integrations::script::ScriptWriter;

use super::failover::{Asked, ask};
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
        let request = (&job.production.brief).into();
        let observer = job.observer.keeping(&job.journal);
        let asked = Asked {
            scene: None,
            tries: 1,
            journal: &job.journal,
        };
        let writers = &job.pipeline.providers.script;
        let script = ask(job, asked, writers, ScriptWriter::name, |writer| {
            writer.write(&request, &observer)
        });
        let script = script.await?;
        Ok(StageResult::Script(script))
    }
}
