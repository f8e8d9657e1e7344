use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::projection::{
    Projection as Orders, ProjectionCommand, ProjectionName, ProjectionOrder, RebuildCause,
    SkipReason,
};
use event_store::{Position, StreamName};
use projections::parking::{ORDERS, ParkedEvent, ParkedQueries};
use projections::version::{self, VersionState};

use super::types::Projection;
use super::{FIELD, named};
use crate::command::{command, send};
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::payload::{Outcome, payload};
use crate::reading::{PATIENCE, parse_id};

/// Which projection, by its name.
#[derive(InputObject)]
pub(crate) struct ProjectionInput {
    /// `video`
    projection: String,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

/// A rebuild to go on with.
#[derive(InputObject)]
pub(crate) struct ResumeRebuildInput {
    /// `video`
    projection: String,
    /// Let it go live even if its rows differ from the live ones.
    #[graphql(default)]
    accept_difference: bool,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

/// A stream whose parked events should be tried again.
#[derive(InputObject)]
pub(crate) struct RetryParkedInput {
    /// `video`
    projection: String,
    /// As `parkedEvents` names it: `video-<uuid>`.
    stream: String,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

/// A parked event to leave out.
#[derive(InputObject)]
pub(crate) struct SkipParkedInput {
    /// `video`
    projection: String,
    /// The first parked event of its stream.
    event_id: ID,
    /// Why, for whoever wonders later: 1 to 300 characters.
    reason: String,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

payload! {
    /// What became of an order about a projection.
    ProjectionPayload {
        /// The projection as it is now; null when the order was refused.
        projection: Projection
    }
}

#[derive(Default)]
pub(crate) struct ProjectionMutation;

#[Object]
impl ProjectionMutation {
    /// Builds a projection anew beside itself, compares the two and
    /// swaps; readers notice nothing. `rebuildProgress` tells how it goes.
    async fn rebuild_projection(
        &self,
        ctx: &Context<'_>,
        input: ProjectionInput,
    ) -> Result<ProjectionPayload> {
        let order = ProjectionOrder::Rebuild {
            cause: RebuildCause::Asked,
            logic: named(&input.projection).map_or(0, |projector| projector.logic()),
        };
        input.order(ctx, "rebuildProjection", order).await
    }

    /// Lets a rebuild stand still.
    async fn pause_rebuild(
        &self,
        ctx: &Context<'_>,
        input: ProjectionInput,
    ) -> Result<ProjectionPayload> {
        input
            .order(ctx, "pauseRebuild", ProjectionOrder::Pause)
            .await
    }

    /// Goes on with a rebuild that is paused or held.
    async fn resume_rebuild(
        &self,
        ctx: &Context<'_>,
        input: ResumeRebuildInput,
    ) -> Result<ProjectionPayload> {
        let order = ProjectionOrder::Resume {
            accept_difference: input.accept_difference,
        };
        let input = ProjectionInput {
            projection: input.projection,
            command_id: input.command_id,
        };
        input.order(ctx, "resumeRebuild", order).await
    }

    /// Gives up a rebuild or rollback under way; readers keep what
    /// they have.
    async fn cancel_rebuild(
        &self,
        ctx: &Context<'_>,
        input: ProjectionInput,
    ) -> Result<ProjectionPayload> {
        input
            .order(ctx, "cancelRebuild", ProjectionOrder::Cancel)
            .await
    }

    /// Lets the version that was live before catch up, and swaps
    /// back to it.
    async fn rollback_projection(
        &self,
        ctx: &Context<'_>,
        input: ProjectionInput,
    ) -> Result<ProjectionPayload> {
        let sent = match can_roll_back(ctx, &input.projection).await {
            Ok(()) => {
                input
                    .send(ctx, "rollbackProjection", ProjectionOrder::RollBack)
                    .await
            }
            Err(refusal) => Err(refusal),
        };
        answer(ctx, &input.projection, sent).await
    }

    /// Tries the parked events of a stream again, in order, up to
    /// the first that still cannot be applied.
    async fn retry_parked(
        &self,
        ctx: &Context<'_>,
        input: RetryParkedInput,
    ) -> Result<ProjectionPayload> {
        let sent = retry(ctx, &input).await;
        let done = carried_out(ctx, sent).await;
        answer(ctx, &input.projection, done).await
    }

    /// Leaves the first parked event of a stream out for good, and
    /// tries those behind it.
    async fn skip_parked(
        &self,
        ctx: &Context<'_>,
        input: SkipParkedInput,
    ) -> Result<ProjectionPayload> {
        let sent = skip(ctx, &input).await;
        let done = carried_out(ctx, sent).await;
        answer(ctx, &input.projection, done).await
    }
}

impl ProjectionInput {
    async fn order(
        self,
        ctx: &Context<'_>,
        mutation: &str,
        order: ProjectionOrder,
    ) -> Result<ProjectionPayload> {
        let sent = self.send(ctx, mutation, order).await;
        answer(ctx, &self.projection, sent).await
    }

    async fn send(
        &self,
        ctx: &Context<'_>,
        mutation: &str,
        order: ProjectionOrder,
    ) -> Result<Option<Position>, Refusal> {
        let ProjectionInput {
            projection,
            command_id,
        } = self;
        tell(ctx, mutation, projection, command_id.as_ref(), order).await
    }
}

async fn tell(
    ctx: &Context<'_>,
    mutation: &str,
    projection: &str,
    command_id: Option<&ID>,
    order: ProjectionOrder,
) -> Result<Option<Position>, Refusal> {
    let projector = named(projection).map_err(|none| UserError::new(FIELD, "NOT_FOUND", none))?;
    let projection = ProjectionName::new(projector.name());
    let id = projection.id();
    let context = command(ctx, mutation, Some(id), command_id).await?;
    let what = ProjectionCommand { projection, order };
    send::<Orders>(ctx, FIELD, id, what, &context).await
}

/// The version to roll back to must be one that this program can write.
async fn can_roll_back(ctx: &Context<'_>, name: &str) -> Result<(), Refusal> {
    let Ok(projector) = named(name) else {
        return Ok(());
    };
    let versions = version::list(&ctx.api().pool, name).await;
    let versions = versions.map_err(Refusal::unexpected)?;
    let previous = versions
        .iter()
        .find(|version| version.state == VersionState::Retired);
    match previous {
        Some(previous) if previous.logic != projector.logic() => {
            let message = format!(
                "version {} was written by another version of this program (logic {}, this one \
                 has {}); start that program, and roll back with it",
                previous.version,
                previous.logic,
                projector.logic()
            );
            Err(UserError::new(FIELD, "OTHER_PROGRAM", message).into())
        }
        _ => Ok(()),
    }
}

async fn retry(ctx: &Context<'_>, input: &RetryParkedInput) -> Result<Option<Position>, Refusal> {
    let parked = ParkedQueries::new(ctx.api().pool.clone());
    let first = match input.stream.parse::<StreamName>() {
        Ok(stream) => parked.first_of(&input.projection, &stream).await,
        Err(_) => Ok(None),
    };
    if named(&input.projection).is_ok() && first.map_err(Refusal::unexpected)?.is_none() {
        let message = format!("stream: nothing of {:?} is parked", input.stream);
        return Err(UserError::new("stream", "NOT_FOUND", message).into());
    }
    let order = ProjectionOrder::RetryParked {
        stream: input.stream.clone(),
    };
    let command_id = input.command_id.as_ref();
    tell(ctx, "retryParked", &input.projection, command_id, order).await
}

async fn skip(ctx: &Context<'_>, input: &SkipParkedInput) -> Result<Option<Position>, Refusal> {
    let reason =
        SkipReason::try_new(&input.reason).map_err(|error| UserError::invalid("reason", &error))?;
    if let Err(none) = named(&input.projection) {
        return Err(UserError::new(FIELD, "NOT_FOUND", none).into());
    }
    let event = first_parked(ctx, input).await?;
    let order = ProjectionOrder::SkipParked {
        stream: event.stream.to_string(),
        event_id: event.id,
        reason,
    };
    let command_id = input.command_id.as_ref();
    tell(ctx, "skipParked", &input.projection, command_id, order).await
}

/// The event to skip, if it is what holds up its stream.
async fn first_parked(ctx: &Context<'_>, input: &SkipParkedInput) -> Result<ParkedEvent, Refusal> {
    const FIELD: &str = "eventId";
    let parked = ParkedQueries::new(ctx.api().pool.clone());
    let found = match parse_id(&input.event_id) {
        Some(id) => parked.by_id(&input.projection, id).await,
        None => Ok(None),
    };
    let Some(event) = found.map_err(Refusal::unexpected)? else {
        let message = "eventId: no such event is parked";
        return Err(UserError::new(FIELD, "NOT_FOUND", message).into());
    };
    let first = parked.first_of(&input.projection, &event.stream).await;
    match first.map_err(Refusal::unexpected)? {
        Some(first) if first.id != event.id => {
            let message = format!(
                "eventId: it waits behind {} in its stream; skip that one, and this may be \
                 applied",
                first.id
            );
            Err(UserError::new(FIELD, "NOT_FIRST", message).into())
        }
        _ => Ok(event),
    }
}

/// Waits a little until the order is carried out.
async fn carried_out(
    ctx: &Context<'_>,
    sent: Result<Option<Position>, Refusal>,
) -> Result<Option<Position>, Refusal> {
    let sent = sent?;
    if let Some(position) = sent {
        let watermarks = &ctx.api().watermarks;
        if let Err(error) = watermarks.wait_for(ORDERS, position, PATIENCE).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "an order about parked events was answered before it was carried out"
            );
        }
    }
    Ok(sent)
}

async fn answer(
    ctx: &Context<'_>,
    name: &str,
    sent: Result<Option<Position>, Refusal>,
) -> Result<ProjectionPayload> {
    let (subject, position, errors) = match sent {
        Ok(position) => {
            let now = Projection::look(ctx, name).await;
            let now = now.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
            (Some(now), position, Vec::new())
        }
        Err(Refusal::Expected(errors)) => (None, None, errors),
        Err(Refusal::Unexpected(error)) => return Err(unexpected(ctx.correlation_id(), &*error)),
    };
    Ok(Outcome {
        subject,
        position,
        errors,
    }
    .into())
}
