//! Sending commands, each known by the `commandId` of its mutation.

use accounts::{Via, Viewer};
use async_graphql::{Context, ID};
use commands::CommandContext;
use domain::{Aggregate, Personal};
use event_store::{Actor, Position};
use uuid::Uuid;

use crate::context::Asking;
use crate::error::{DomainRefusal, Refusal, UserError};
use crate::payload::Done;
use crate::reading::parse_id;

/// The command of `mutation` about `target`. Its id derives from the client's,
/// the viewer, the mutation and the target, so one `commandId` never answers
/// for another person's, or for something else asked under the same id.
pub(crate) async fn command(
    ctx: &Context<'_>,
    mutation: &str,
    target: Option<Uuid>,
    command_id: Option<&ID>,
) -> Result<CommandContext, Refusal> {
    let chosen = match command_id {
        None => ctx.api().ids.fresh(),
        Some(id) => parse_id(id).ok_or_else(|| {
            let message = format!(
                "commandId: {:?} is not a UUID; make a random one for each new request, and \
                 repeat it with the request",
                id.as_str()
            );
            UserError::new("commandId", "INVALID", message)
        })?,
    };
    let viewer = ctx.person().map_err(Refusal::unexpected)?;
    let user = viewer.user;
    let scope = format!("{user} {mutation} {}", target.unwrap_or_default());
    Ok(CommandContext {
        command_id: Uuid::new_v5(&chosen, scope.as_bytes()),
        correlation_id: ctx.correlation_id(),
        causation_id: None,
        actor: Actor::User { id: user },
        origin: origin(ctx, viewer).await?,
        owner: user,
        traceparent: None,
    })
}

/// From where it is asked, sealed; nowhere else than here for the local owner.
async fn origin(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Personal>, Refusal> {
    if viewer.via == Via::Local {
        return Ok(None);
    }
    let accounts = &ctx.api().accounts;
    let sealed = accounts.seal_origin(viewer.user, ctx.visit()).await;
    sealed.map(Some).map_err(Refusal::unexpected)
}

/// The id of what `command` creates: the same command, the same thing.
pub(crate) fn created_id(command: &CommandContext) -> Uuid {
    Uuid::new_v5(&command.command_id, b"created")
}

/// Reads the id of the thing that a mutation is about.
pub(crate) fn target(field: &str, noun: &str, id: &ID) -> Result<Uuid, Refusal> {
    parse_id(id).ok_or_else(|| UserError::not_found(field, noun).into())
}

/// What a creating command did when it was sent before. Answering from that,
/// and not from checking again, keeps a repeat from being refused for what has
/// changed since.
pub(crate) async fn made_before<A: Aggregate, Id>(
    ctx: &Context<'_>,
    id: Id,
    stream: Uuid,
) -> Result<Option<Done<Id>>, Refusal> {
    let loaded = ctx.api().dispatcher.load::<A>(stream).await;
    let position = loaded.map_err(Refusal::unexpected)?.position;
    Ok(position.map(|position| Done {
        id,
        position: Some(position),
    }))
}

/// Sends `what` to the aggregate `id`, which the input's `field` names. Answers
/// with the position that shows its effect.
pub(crate) async fn send<A: Aggregate>(
    ctx: &Context<'_>,
    field: &str,
    id: Uuid,
    what: A::Command,
    command: &CommandContext,
) -> Result<Option<Position>, Refusal>
where
    A::Error: DomainRefusal,
{
    let sent = ctx.api().dispatcher.dispatch::<A>(id, what, command).await;
    match sent {
        Ok(done) => Ok(done.position),
        Err(error) => Err(Refusal::of_command(error, field)),
    }
}
