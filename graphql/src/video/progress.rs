//! One video, followed from what it is now to its end.

use std::sync::Arc;

use async_graphql::{Context, Error, Result, SimpleObject};
use domain::{Stage, UserId, VideoId};
use event_store::Position;
use futures::stream::{self, Stream};
use projections::progress::StageProgress;
use projections::video::{StageState, VideoQueries, VideoStatus, VideoView};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::Video;
use super::stages;
use crate::error::refused;
use crate::live::{self, Live, Reports, changes_from, position_after};
use crate::reading::OrUnexpected;

/// A video on its way.
#[derive(SimpleObject)]
pub(crate) struct VideoProgress {
    video: Video,
    /// The stage that is due, running, or that failed; null when all are done.
    stage: Option<stages::Stage>,
    /// How much of the stage is done, in `unit`s; null when that is not known.
    done: Option<u64>,
    /// How much of it there is in all.
    total: Option<u64>,
    /// What is counted, in the plural: `scenes`, `frames`.
    unit: Option<String>,
    /// Of the stage, 0 to 100; null when that is not known.
    percent: Option<f64>,
    /// Of the whole video, 0 to 100, by how long stages usually take. Never runs
    /// ahead of what is finished.
    overall_percent: f64,
    /// The last event that `video` shows. Subscribe with it as `after` to go on
    /// from here.
    position: String,
}

/// What a stage has counted.
#[derive(Debug, Clone, PartialEq)]
struct Counted {
    done: u64,
    total: u64,
    unit: String,
}

impl VideoProgress {
    fn new(view: &Arc<VideoView>, counted: Option<Counted>) -> Self {
        let stage = view.stage.filter(|_| view.status != VideoStatus::Ready);
        let percent = counted
            .as_ref()
            .map(|count| percent(count.done, count.total));
        Self {
            video: Arc::clone(view).into(),
            stage: stage.map(Into::into),
            done: counted.as_ref().map(|count| count.done),
            total: counted.as_ref().map(|count| count.total),
            unit: counted.map(|count| count.unit),
            percent,
            overall_percent: overall_percent(view, stage.and(percent)),
            position: view.position.to_string(),
        }
    }
}

fn percent(done: u64, total: u64) -> f64 {
    if total == 0 {
        return 0.0;
    }
    done.min(total) as f64 * 100.0 / total as f64
}

/// Roughly how many hundredths of the time a stage takes.
const fn share(stage: Stage) -> f64 {
    match stage {
        Stage::Script | Stage::Upload => 2.0,
        Stage::Segmentation => 0.0,
        Stage::Speech => 22.0,
        Stage::Images => 26.0,
        Stage::Assembly => 48.0,
    }
}

fn overall_percent(view: &VideoView, percent_of_stage: Option<f64>) -> f64 {
    let finished = view.stages.iter().filter(|it| it.state == StageState::Done);
    let finished: f64 = finished.map(|it| share(it.stage)).sum();
    let running = view.stage.zip(percent_of_stage);
    let begun = running.map_or(0.0, |(stage, percent)| share(stage) * percent / 100.0);
    (finished + begun).min(100.0)
}

/// Attaches first and reads then, so that nothing falls in between. Refuses a
/// video that there is not, or that was deleted.
pub(super) async fn follow(
    ctx: &Context<'_>,
    viewer: UserId,
    id: VideoId,
    after: Option<String>,
) -> Result<Feed> {
    let live = ctx.data_unchecked::<Live>();
    let videos = live.videos.queries();
    let after = match after {
        Some(after) => Some(position_after(ctx, videos, viewer, &after).await?),
        None => None,
    };
    let Some(view) = videos.by_id(viewer, id).await.or_unexpected(ctx)? else {
        let was_deleted = videos.was_deleted(viewer, id).await.or_unexpected(ctx)?;
        return Err(if was_deleted {
            gone()
        } else {
            refused("id", "NOT_FOUND", "there is no such video")
        });
    };
    let reports = live.reports.attach(viewer).await;
    let changes = changes_from(&live.videos, viewer, None, view.position).await;
    let has_shown = after.is_some_and(|after| view.position.value <= after.value);
    let mut feed = Feed {
        id,
        changes,
        reports,
        source: live.reports.clone(),
        viewer,
        view: Arc::new(view),
        report: None,
        shown: None,
        over: false,
    };
    if has_shown {
        feed.shown = Some((feed.view.position, feed.counted()));
        feed.over = feed.view.status.is_final();
    }
    Ok(feed)
}

fn gone() -> Error {
    refused("id", "DELETED", "the video was deleted")
}

pub(super) struct Feed {
    id: VideoId,
    changes: live::Feed<VideoQueries>,
    reports: broadcast::Receiver<Arc<StageProgress>>,
    source: Reports,
    viewer: UserId,
    view: Arc<VideoView>,
    /// The latest there is, of whichever stage.
    report: Option<Arc<StageProgress>>,
    /// What the client has seen.
    shown: Option<(Position, Option<Counted>)>,
    over: bool,
}

impl Feed {
    /// What it is now, then each change, until it is final or gone.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<VideoProgress>> {
        stream::unfold(self, async |mut feed| {
            let item = feed.next().await?;
            Some((item, feed))
        })
    }

    async fn next(&mut self) -> Option<Result<VideoProgress>> {
        loop {
            if self.over {
                return None;
            }
            let counted = self.counted();
            let now = (self.view.position, counted.clone());
            if self.shown.as_ref() != Some(&now) {
                self.shown = Some(now);
                self.over = self.view.status.is_final();
                return Some(Ok(VideoProgress::new(&self.view, counted)));
            }
            if let Err(gone) = self.wait().await {
                self.over = true;
                return Some(Err(gone));
            }
        }
    }

    /// Until there may be news, which are then in `view` and `report`.
    async fn wait(&mut self) -> Result<()> {
        tokio::select! {
            change = self.changes.next() => {
                if change.id == self.id.0 {
                    let view = change.view.as_ref().ok_or_else(gone)?;
                    self.view = Arc::clone(view);
                }
            }
            report = self.reports.recv() => match report {
                Ok(report) => {
                    self.take(report);
                    // The client sees where the stage is, not each step it took.
                    while let Ok(report) = self.reports.try_recv() {
                        self.take(report);
                    }
                }
                // Later ones say more.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => {
                    self.reports = self.source.attach(self.viewer).await;
                }
            },
        }
        Ok(())
    }

    fn take(&mut self, report: Arc<StageProgress>) {
        if report.video == self.id.0 {
            self.report = Some(report);
        }
    }

    /// What the running stage has counted: as its worker last reported, or, of
    /// pictures, as the row says.
    fn counted(&self) -> Option<Counted> {
        let due = self.view.stage?;
        let stage = self.view.stages.iter().find(|stage| stage.stage == due)?;
        let current = self.report.as_ref().filter(|report| {
            stage.state == StageState::Running
                && (report.stage, report.attempt) == (due, stage.attempts)
        });
        if let Some(report) = current {
            return Some(Counted {
                done: report.done,
                total: report.total,
                unit: report.unit.clone(),
            });
        }
        (due == Stage::Images).then(|| {
            let drawn = self.view.scenes.iter().filter(|it| it.image.is_some());
            Counted {
                done: drawn.count() as u64,
                total: self.view.scenes.len() as u64,
                unit: "scenes".to_owned(),
            }
        })
    }
}
