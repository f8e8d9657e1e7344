//! Percent within a stage, over core NATS, a few times a second at most.

use std::time::Duration;

use domain::UserId;
use projections::Subjects;
use projections::progress::StageProgress;
use tokio::sync::watch;

/// The shortest time between two reports of one stage.
const INTERVAL: Duration = Duration::from_millis(150);

/// Publishes the latest of what `counts` says, until its sender is dropped.
pub(crate) async fn publish_latest(
    nats: async_nats::Client,
    subjects: Subjects,
    owner: UserId,
    template: StageProgress,
    mut counts: watch::Receiver<(u64, u64)>,
) {
    let subject = subjects.progress(owner, template.video);
    while counts.changed().await.is_ok() {
        let (done, total) = *counts.borrow_and_update();
        let progress = StageProgress {
            done,
            total,
            ..template.clone()
        };
        let payload = serde_json::to_vec(&progress).expect("a message has string keys only");
        if let Err(error) = nats.publish(subject.clone(), payload.into()).await {
            tracing::debug!(%error, "a progress report was not sent");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
