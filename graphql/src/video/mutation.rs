use accounts::limits;
use async_graphql::{Context, ID, InputObject, Object, Result};
use commands::CommandContext;
use domain::video::{self, Brought, VideoBrief, VideoCommand};
use domain::{InvalidField, ProductionSettings, SeriesId, Topic, VideoId};
use projections::video::VIDEOS;

use super::Video;
use crate::command::{command, created_id, made_before, send, target};
use crate::context::Asking;
use crate::error::Refusal;
use crate::limit;
use crate::material::{ScenePictureInput, pictures};
use crate::payload::{Done, Outcome, payload, settle};
use crate::problems::Problems;
use crate::series;
use crate::settings::{ProductionSettingsInput, check};

/// The input that names the video.
const FIELD: &str = "videoId";

/// A video to make.
#[derive(InputObject)]
pub(crate) struct RequestVideoInput {
    /// What it is about: 1 to 300 characters.
    topic: String,
    /// The series it is of; its settings apply where `settings` says nothing.
    series_id: Option<ID>,
    settings: Option<ProductionSettingsInput>,
    /// Pictures of your own, each for one scene; the others are drawn.
    pictures: Option<Vec<ScenePictureInput>>,
    /// A whole number from 0 to 2^64 - 1, to make the same film again. Left out,
    /// it follows from the video's id.
    seed: Option<String>,
    /// A UUID of your choosing; the same one is the same video, however often it
    /// is sent.
    command_id: Option<ID>,
}

macro_rules! input_about_a_video {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub(crate) struct $name {
            video_id: ID,
            /// A UUID of your choosing, so that a repeat is known.
            command_id: Option<ID>,
        }

        impl $name {
            async fn command(
                &self,
                ctx: &Context<'_>,
                mutation: &str,
            ) -> Result<(VideoId, CommandContext), Refusal> {
                let id = target(FIELD, "video", &self.video_id)?;
                let command = command(ctx, mutation, Some(id), self.command_id.as_ref()).await?;
                Ok((VideoId(id), command))
            }
        }
    };
}

input_about_a_video! {
    /// A video to stop.
    CancelVideoInput
}

input_about_a_video! {
    /// A video to go on with.
    RetryVideoInput
}

input_about_a_video! {
    /// A video to delete.
    DeleteVideoInput
}

payload! {
    /// What became of `requestVideo`.
    RequestVideoPayload {
        /// The new video; null when it was refused, or is not to be seen yet.
        video: Video
    }
}

payload! {
    /// What became of `cancelVideo`.
    CancelVideoPayload {
        /// The video as it is now; null when that was refused, or is not to be
        /// seen yet.
        video: Video
    }
}

payload! {
    /// What became of `retryVideo`.
    RetryVideoPayload {
        /// The video as it is now; null when that was refused, or is not to be
        /// seen yet.
        video: Video
    }
}

payload! {
    /// What became of `deleteVideo`.
    DeleteVideoPayload {
        /// The video that is gone; null when that was refused.
        video_id: ID
    }
}

#[derive(Default)]
pub(crate) struct VideoMutation;

#[Object]
impl VideoMutation {
    /// Requests a video. It is made in the background: follow it with
    /// `videoProgress`.
    async fn request_video(
        &self,
        ctx: &Context<'_>,
        input: RequestVideoInput,
    ) -> Result<RequestVideoPayload> {
        answer(ctx, request(ctx, input).await).await
    }

    /// Stops the making of a video. What is finished of it is kept.
    async fn cancel_video(
        &self,
        ctx: &Context<'_>,
        input: CancelVideoInput,
    ) -> Result<CancelVideoPayload> {
        let command = input.command(ctx, "cancelVideo").await;
        answer(ctx, tell(ctx, command, VideoCommand::Cancel).await).await
    }

    /// Goes on with a failed or cancelled video from the stage where it stopped.
    /// What is finished of it is not made again.
    async fn retry_video(
        &self,
        ctx: &Context<'_>,
        input: RetryVideoInput,
    ) -> Result<RetryVideoPayload> {
        let command = input.command(ctx, "retryVideo").await;
        answer(ctx, retry(ctx, command).await).await
    }

    /// Deletes a video and its files.
    async fn delete_video(
        &self,
        ctx: &Context<'_>,
        input: DeleteVideoInput,
    ) -> Result<DeleteVideoPayload> {
        let command = input.command(ctx, "deleteVideo").await;
        let done = tell(ctx, command, VideoCommand::Delete).await;
        let gone = async |id: VideoId| Ok(Some(id.to_string()));
        Ok(settle(ctx, VIDEOS, done, gone).await?.into())
    }
}

async fn request(ctx: &Context<'_>, input: RequestVideoInput) -> Result<Done<VideoId>, Refusal> {
    let command = command(ctx, "requestVideo", None, input.command_id.as_ref()).await?;
    let id = VideoId(created_id(&command));
    if let Some(done) = made_before::<video::Video, _>(ctx, id, id.0).await? {
        return Ok(done);
    }
    let mut problems = Problems::default();
    let series = match &input.series_id {
        None => None,
        Some(series) => series_of(ctx, series, &mut problems).await?,
    };
    let (series, base) = series.unzip();
    let topic = problems.check("topic", Topic::try_new(&input.topic));
    let seed = match &input.seed {
        None => Some(seed_of(id)),
        Some(seed) => problems.check("seed", parse_seed(seed)),
    };
    let settings = input
        .settings
        .unwrap_or_default()
        .over(base.unwrap_or_default(), &mut problems);
    check(ctx.api(), command.owner, &settings, &mut problems).await?;
    let named = input.pictures.unwrap_or_default();
    let pictures = pictures(ctx, command.owner, "pictures", &named, &mut problems).await?;
    let (topic, seed) = problems.value_if_none(topic.zip(seed))?;
    limit::take(ctx, limits::GENERATION).await?;
    let request = VideoCommand::Request {
        owner: command.owner,
        series,
        brief: VideoBrief {
            topic,
            settings,
            seed,
            brought: Brought { pictures },
        },
    };
    tell(ctx, Ok((id, command)), request).await
}

async fn retry(
    ctx: &Context<'_>,
    command: Result<(VideoId, CommandContext), Refusal>,
) -> Result<Done<VideoId>, Refusal> {
    let command = command?;
    limit::take(ctx, limits::GENERATION).await?;
    tell(ctx, Ok(command), VideoCommand::Retry).await
}

/// The series of a new video, and what it is made with; or the problem, noted.
async fn series_of(
    ctx: &Context<'_>,
    id: &ID,
    problems: &mut Problems,
) -> Result<Option<(SeriesId, ProductionSettings)>, Refusal> {
    const FIELD: &str = "seriesId";
    let found = match target(FIELD, "series", id) {
        Ok(id) => {
            let stored = series::stored(ctx, FIELD, SeriesId(id)).await;
            stored.and_then(|series| match series.for_new_video() {
                Ok(state) => Ok((SeriesId(id), state.settings.clone())),
                Err(refused) => Err(Refusal::of_domain(refused, FIELD)),
            })
        }
        Err(refusal) => Err(refusal),
    };
    problems.note(found)
}

fn parse_seed(text: &str) -> Result<u64, InvalidField> {
    text.trim().parse().map_err(|_| {
        let problem = format!("{text:?} is not a whole number from 0 to {}", u64::MAX);
        InvalidField::new("seed", problem)
    })
}

/// As random as the id, and the same whenever the request is repeated.
fn seed_of(id: VideoId) -> u64 {
    let (high, low) = id.0.as_u64_pair();
    high ^ low
}

async fn tell(
    ctx: &Context<'_>,
    command: Result<(VideoId, CommandContext), Refusal>,
    what: VideoCommand,
) -> Result<Done<VideoId>, Refusal> {
    let (id, command) = command?;
    let position = send::<video::Video>(ctx, FIELD, id.0, what, &command).await?;
    Ok(Done { id, position })
}

async fn answer<P: From<Outcome<Video>>>(
    ctx: &Context<'_>,
    done: Result<Done<VideoId>, Refusal>,
) -> Result<P> {
    let videos = ctx.api().videos();
    let viewer = ctx.viewer()?;
    let read = async move |id| videos.by_id(viewer, id).await;
    Ok(settle(ctx, VIDEOS, done, read).await?.into())
}
