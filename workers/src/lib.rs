//! The workers: each takes due work from JetStream, does it, records what
//! happened, and only then acknowledges.
//!
//! They hold no rules and no state. What is due and whether an attempt still
//! counts is decided in `domain`; a worker that dies is replaced when JetStream
//! delivers its message again, and resumes from what the log holds.
//!
//! To add a stage: a variant of `domain::Stage`, a file in `video/` with its
//! [`video::StageWorker`], and a line in [`video::stage_workers`].

mod consumer;
mod health;
mod pipeline;
mod progress;
pub mod video;

pub use consumer::{ACK_WAIT, ConsumeError, Consumer, Handler, Verdict};
pub use health::Health;
pub use pipeline::Pipeline;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts every worker; they run on `tasks` until `stop`.
pub fn spawn_all(pipeline: &Arc<Pipeline>, tasks: &TaskTracker, stop: &CancellationToken) {
    for worker in video::stage_workers() {
        let consumer = video::stage_consumer(pipeline, worker);
        tasks.spawn(consumer.run(stop.clone()));
    }
    let cleaner = video::cleanup_consumer(pipeline);
    tasks.spawn(cleaner.run(stop.clone()));
    let (pipeline, stop) = (Arc::clone(pipeline), stop.clone());
    tasks.spawn(async move {
        let heartbeats = &pipeline.heartbeats;
        heartbeats
            .listen(&pipeline.nats, &pipeline.subjects, &stop)
            .await;
    });
}
