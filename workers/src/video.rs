//! The stages of a video, one file each, and what runs them.

mod assembly;
mod captions;
mod claims;
mod cleanup;
mod failover;
mod images;
mod jobs;
mod media;
mod record;
mod runner;
mod script;
mod speech;
mod stage;
mod upload;

pub use assembly::caption_style;
pub use stage::{Interrupted, Job, StageWorker};

use std::sync::Arc;

use domain::Stage;

use crate::{Consumer, Pipeline};

/// One for each stage that has work of its own.
pub fn stage_workers() -> Vec<Arc<dyn StageWorker>> {
    vec![
        Arc::new(script::ScriptStage),
        Arc::new(speech::SpeechStage),
        Arc::new(images::ImagesStage),
        Arc::new(assembly::AssemblyStage),
        Arc::new(upload::UploadStage),
    ]
}

/// The consumer that feeds `worker`.
pub fn stage_consumer(pipeline: &Arc<Pipeline>, worker: Arc<dyn StageWorker>) -> Consumer {
    let stage = worker.stage();
    Consumer {
        name: stage.slug().to_owned(),
        filter: pipeline.subjects.due(stage),
        concurrency: concurrency(stage),
        ack_wait: pipeline.ack_wait,
        jetstream: pipeline.jetstream.clone(),
        subjects: pipeline.subjects.clone(),
        handler: Arc::new(runner::StageRunner::new(Arc::clone(pipeline), worker)),
    }
}

/// The consumer that deletes the media of deleted videos.
pub fn cleanup_consumer(pipeline: &Arc<Pipeline>) -> Consumer {
    Consumer {
        name: "cleanup".to_owned(),
        filter: pipeline.subjects.events_of_type("video", "VideoDeleted"),
        concurrency: 1,
        ack_wait: pipeline.ack_wait,
        jetstream: pipeline.jetstream.clone(),
        subjects: pipeline.subjects.clone(),
        handler: Arc::new(cleanup::Cleanup::new(Arc::clone(pipeline))),
    }
}

/// Videos in one stage at the same time. Assembly takes every core there is,
/// and speech one with its model in memory; the others mostly wait.
fn concurrency(stage: Stage) -> usize {
    match stage {
        Stage::Assembly | Stage::Speech => 1,
        Stage::Script | Stage::Segmentation | Stage::Images | Stage::Upload => 4,
    }
}
