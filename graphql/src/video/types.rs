use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::Asset;
use projections::series::SERIES;
use projections::video::VideoView;

use super::costs::CostLine;
use super::link::{self, Link, VideoFile};
use super::parts::{self, Film, Scene, Script, Word};
use super::stages::{FailureClass, VideoStage, VideoStatus};
use super::timeline::TimelineEntry;
use crate::connection::{first_of, page_cost};
use crate::context::Asking;
use crate::error::unexpected;
use crate::reading::{OrUnexpected, reach};
use crate::series::{Series, SeriesLoader};
use crate::settings::Settings;

/// Entries of a timeline that one answer may hold.
const MAX_TIMELINE: u16 = 1_000;

pub(crate) struct Video(Arc<VideoView>);

impl From<VideoView> for Video {
    fn from(view: VideoView) -> Self {
        Self(Arc::new(view))
    }
}

impl From<Arc<VideoView>> for Video {
    fn from(view: Arc<VideoView>) -> Self {
        Self(view)
    }
}

impl Video {
    fn published(
        &self,
        which: fn(&domain::video::output::Publication) -> &Asset,
    ) -> Option<String> {
        self.0.publication.as_ref().map(which).map(parts::url)
    }
}

/// A topic on its way to a narrated vertical film.
#[Object]
impl Video {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is about, in its requester's words.
    async fn topic(&self) -> &str {
        self.0.topic.as_str()
    }

    /// The script's; null until it is written.
    async fn title(&self) -> Option<&str> {
        self.0.script.as_ref().map(|script| script.title.as_str())
    }

    /// For the post that it will go out with; null until the script is written.
    async fn description(&self) -> Option<&str> {
        let script = self.0.script.as_ref();
        script.map(|script| script.description.as_str())
    }

    /// Without the `#`; none until the script is written.
    async fn hashtags(&self) -> &[String] {
        let script = self.0.script.as_ref();
        script.map_or(&[], |script| &script.hashtags)
    }

    async fn status(&self) -> VideoStatus {
        self.0.status.into()
    }

    /// While generating: `script`, `tts` (scenes are cut in it), `images`,
    /// `assembly` or `uploading`; null otherwise.
    async fn generation_stage(&self) -> Option<&str> {
        let generating = self.0.status == projections::video::VideoStatus::Generating;
        self.0
            .stage
            .filter(|_| generating)
            .map(domain::Stage::public_name)
    }

    /// All six, in order.
    async fn stages(&self) -> Vec<VideoStage> {
        self.0.stages.iter().map(Into::into).collect()
    }

    /// What went wrong last, and what to do about it; null when nothing did, or
    /// when it has been got over.
    async fn error_message(&self) -> Option<&str> {
        let failure = self.0.failure.as_ref();
        failure.map(|failure| failure.message.as_str())
    }

    /// What went wrong, for programs: `voice-unavailable`.
    async fn error_code(&self) -> Option<&str> {
        self.0.failure.as_ref().map(|failure| failure.code.as_str())
    }

    /// What can be done about it.
    async fn error_class(&self) -> Option<FailureClass> {
        self.0.failure.as_ref().map(|failure| failure.class.into())
    }

    /// When the failed stage is tried again by itself; null when it is not.
    async fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.0.retry_at
    }

    /// How it looks and sounds, as it was when the video was requested.
    async fn settings(&self) -> Settings {
        (&self.0.settings).into()
    }

    /// The series it is of, if it is of one.
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Wait up to 2 s for the series to reflect this position.")]
        min_position: Option<String>,
    ) -> Result<Option<Series>> {
        reach(ctx, SERIES, min_position).await?;
        let Some(series) = self.0.series else {
            return Ok(None);
        };
        let loader = ctx.data_unchecked::<DataLoader<SeriesLoader>>();
        let found = loader.load_one((ctx.viewer()?, series)).await;
        let found = found.map_err(|error| unexpected(ctx.correlation_id(), &*error))?;
        Ok(found.map(Into::into))
    }

    /// The only source of chance in its making: the same request with the same
    /// seed gives the same film, where the makers can promise it. A whole number
    /// that may be larger than a JavaScript number holds.
    async fn seed(&self) -> String {
        self.0.seed.to_string()
    }

    /// The narration; null until it is written.
    async fn script(&self) -> Option<Script> {
        self.0.script.as_ref().map(Into::into)
    }

    /// The stretches of the film; none until the speech is there.
    async fn scenes(&self) -> Vec<Scene> {
        self.0.scenes.iter().map(Into::into).collect()
    }

    /// The captions word by word; null until the speech is there.
    async fn words(&self) -> Option<Vec<Word>> {
        let speech = self.0.speech.as_ref()?;
        Some(speech.words.iter().map(Into::into).collect())
    }

    /// Of the film; null until it is assembled.
    async fn duration_ms(&self) -> Option<u32> {
        self.0.film.as_ref().map(|film| film.duration_ms)
    }

    /// What was measured of the film; null until it is assembled.
    async fn film(&self) -> Option<Film> {
        self.0.film.as_ref().map(Into::into)
    }

    /// The film as mp4, with range requests; a path on this server, null until
    /// the video is ready.
    async fn video_url(&self) -> Option<String> {
        self.published(|publication| &publication.video)
    }

    /// A still of it as JPEG, likewise.
    async fn thumbnail_url(&self) -> Option<String> {
        self.published(|publication| &publication.thumbnail)
    }

    /// The same still as WebP; null too for films of before there was one.
    async fn thumbnail_webp_url(&self) -> Option<String> {
        let publication = self.0.publication.as_ref()?;
        publication.thumbnail_webp.as_ref().map(parts::url)
    }

    /// Its captions as SubRip, likewise.
    async fn captions_srt_url(&self) -> Option<String> {
        self.published(|publication| &publication.captions_srt)
    }

    /// Its captions as WebVTT, likewise.
    async fn captions_vtt_url(&self) -> Option<String> {
        self.published(|publication| &publication.captions_vtt)
    }

    /// An address at which anybody may fetch a file of the video for a while,
    /// without signing in: for players and services elsewhere. Null until the
    /// video is ready, and for a file that it does not have.
    async fn link(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "VideoFile::Film")] file: VideoFile,
        #[graphql(default = 3600, desc = "For how many seconds, 1 to 604800.")]
        valid_for_seconds: i32,
    ) -> Result<Option<Link>> {
        let valid_for = link::seconds_of(valid_for_seconds)?;
        let publication = self.0.publication.as_ref();
        let Some(asset) = publication.and_then(|files| file.of(files)) else {
            return Ok(None);
        };
        let link = link::to(ctx.api(), ctx.viewer()?, asset, valid_for).await;
        Ok(Some(link.or_unexpected(ctx)?))
    }

    /// What its making has cost so far, in millionths of a US dollar.
    async fn cost_microusd(&self) -> u64 {
        self.0.cost.0
    }

    /// What that is made of: each call that cost, in order, those that came to
    /// nothing too.
    async fn costs(&self) -> Vec<CostLine> {
        self.0.costs.iter().map(Into::into).collect()
    }

    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }

    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// When it became ready, failed or was cancelled.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// The last event that this shows.
    async fn position(&self) -> String {
        self.0.position.to_string()
    }

    /// Everything that happened to it, oldest first.
    #[graphql(complexity = "page_cost(first, child_complexity) / 10")]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 200, desc = "How many, 1 to 1000.")] first: Option<i32>,
        #[graphql(desc = "Only those after this revision.")] after: Option<i32>,
    ) -> Result<Vec<TimelineEntry>> {
        let limit = first_of(first.unwrap_or(200), MAX_TIMELINE)?;
        let after = after.and_then(|revision| u64::try_from(revision).ok());
        let videos = ctx.api().videos();
        let entries = videos
            .timeline(ctx.viewer()?, self.0.id, after, limit)
            .await;
        let epoch = self.0.position.epoch;
        let entry = |entry| TimelineEntry::new(entry, epoch);
        Ok(entries.or_unexpected(ctx)?.into_iter().map(entry).collect())
    }
}
