//! One video, followed from what it is now to its end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Result, SimpleObject};
use async_nats::Subscriber;
use domain::{Stage, UserId, VideoId};
use futures::stream::{self, Stream};
use futures::{FutureExt, StreamExt};
use projections::progress::StageProgress;
use projections::video::{StageState, VIDEOS, VideoQueries, VideoStatus, VideoView};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::Video;
use super::stages;
use crate::Api;
use crate::error::refused;

/// How often the row is read without a hint: one may be lost, and so may a
/// connection.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(3);

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
    /// The last event that `video` shows.
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

/// Attaches first and reads then, so that nothing falls in between. Fails when
/// there is no such video of the viewer's.
pub(super) async fn follow(
    api: &Api,
    viewer: UserId,
    id: VideoId,
) -> std::result::Result<Option<Feed>, FollowError> {
    let changed = api.subjects.changed(VIDEOS, viewer, id.0);
    let reports = api.subjects.progress(viewer, id.0);
    let changed = api.nats.subscribe(changed).await?;
    let reports = api.nats.subscribe(reports).await?;
    api.nats.flush().await?;
    let videos = api.videos();
    let Some(view) = videos.by_id(viewer, id).await? else {
        return Ok(None);
    };
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look.reset();
    Ok(Some(Feed {
        videos,
        viewer,
        id,
        changed,
        reports,
        look,
        view: Arc::new(view),
        report: None,
        shown: None,
        over: false,
    }))
}

/// A subscription could not begin.
#[derive(Debug, thiserror::Error)]
pub(super) enum FollowError {
    #[error("the hints of changes cannot be followed")]
    Subscribe(#[from] async_nats::SubscribeError),
    #[error("the hints of changes cannot be followed")]
    Flush(#[from] async_nats::client::FlushError),
    #[error("the current state cannot be read")]
    Database(#[from] sqlx::Error),
}

pub(super) struct Feed {
    videos: VideoQueries,
    viewer: UserId,
    id: VideoId,
    changed: Subscriber,
    reports: Subscriber,
    look: Interval,
    view: Arc<VideoView>,
    /// The latest there is, of whichever stage.
    report: Option<StageProgress>,
    /// What the client has seen.
    shown: Option<(event_store::Position, Option<Counted>)>,
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
            Some(message) = self.reports.next() => {
                self.report = latest(message, &mut self.reports).or(self.report.take());
                return Ok(());
            }
            Some(_) = self.changed.next() => {
                while pin!(self.changed.next()).now_or_never().flatten().is_some() {}
                self.look.reset();
            }
            _ = self.look.tick() => {}
        }
        match self.videos.by_id(self.viewer, self.id).await {
            Ok(Some(view)) => self.view = Arc::new(view),
            Ok(None) => return Err(refused("id", "DELETED", "the video was deleted")),
            // The next look may find the database again.
            Err(error) => tracing::warn!(
                video.id = %self.id,
                error = &error as &dyn std::error::Error,
                "a followed video could not be read"
            ),
        }
        Ok(())
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

/// The last of the reports that have arrived: the client sees where the stage
/// is, not each step it took.
fn latest(first: async_nats::Message, reports: &mut Subscriber) -> Option<StageProgress> {
    let mut last = first;
    while let Some(Some(next)) = reports.next().now_or_never() {
        last = next;
    }
    serde_json::from_slice(&last.payload)
        .inspect_err(|error| tracing::debug!(%error, "a progress report cannot be read"))
        .ok()
}
