use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::inbox::{Inbox, InboxCommand, MAX_MARKED};
use domain::{NotificationId, UserId};
use event_store::Position;
use projections::notification::NOTIFICATIONS;
use uuid::Uuid;

use super::types::unread_count;
use crate::command::{command, send};
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::problems::Problems;
use crate::reading::{PATIENCE, parse_id};

/// Notifications that `markAllNotificationsRead` marks.
const MOST_AT_ONCE: usize = 10 * MAX_MARKED;

/// Notifications that you have read.
#[derive(InputObject)]
pub(crate) struct MarkNotificationsReadInput {
    /// 1 to 1,000 of them.
    notification_ids: Vec<ID>,
    command_id: Option<ID>,
}

/// All that you have seen.
#[derive(InputObject)]
pub(crate) struct MarkAllNotificationsReadInput {
    /// The last position that your inbox was shown at: what came after it stays
    /// unread. Without it, everything that is there.
    until: Option<String>,
    command_id: Option<ID>,
}

/// What became of your inbox.
#[derive(SimpleObject)]
pub(crate) struct NotificationsReadPayload {
    /// What is left; null when the request was refused.
    unread_count: Option<u64>,
    /// Where the log stood after this. Pass it as `minPosition` to read what it
    /// did; null when nothing was done.
    position: Option<String>,
    /// What was wrong with the request, all of it; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct NotificationMutation;

#[Object]
impl NotificationMutation {
    /// Marks notifications as read.
    async fn mark_notifications_read(
        &self,
        ctx: &Context<'_>,
        input: MarkNotificationsReadInput,
    ) -> Result<NotificationsReadPayload> {
        settle(ctx, mark_some(ctx, input).await).await
    }

    /// Marks your whole inbox as read, the newest 10,000 at once.
    async fn mark_all_notifications_read(
        &self,
        ctx: &Context<'_>,
        input: MarkAllNotificationsReadInput,
    ) -> Result<NotificationsReadPayload> {
        settle(ctx, mark_all(ctx, input).await).await
    }
}

async fn mark_some(
    ctx: &Context<'_>,
    input: MarkNotificationsReadInput,
) -> Result<Option<Position>, Refusal> {
    const FIELD: &str = "notificationIds";
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let count = input.notification_ids.len();
    if !(1..=MAX_MARKED).contains(&count) {
        let message = format!("{FIELD}: name 1 to {MAX_MARKED} notifications, not {count}");
        return Err(UserError::new(FIELD, "INVALID", message).into());
    }
    let ids: Vec<_> = input
        .notification_ids
        .iter()
        .map(|id| NotificationId(parse_id(id).unwrap_or_default()))
        .collect();
    let known = ctx.api().notifications().known(viewer, &ids).await;
    let known = known.map_err(Refusal::unexpected)?;
    let mut problems = Problems::default();
    for (place, id) in ids.iter().enumerate() {
        if !known.contains(id) {
            let field = format!("{FIELD}.{place}");
            problems.add(UserError::not_found(&field, "notification"));
        }
    }
    problems.value_if_none(Some(()))?;
    mark(
        ctx,
        viewer,
        "markNotificationsRead",
        known,
        input.command_id,
    )
    .await
}

async fn mark_all(
    ctx: &Context<'_>,
    input: MarkAllNotificationsReadInput,
) -> Result<Option<Position>, Refusal> {
    const FIELD: &str = "until";
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let until = input.until.as_deref().map(str::parse).transpose();
    let until: Option<Position> = until.map_err(|_| {
        let message = format!("{FIELD}: this is not a position; pass one that a query gave");
        UserError::new(FIELD, "INVALID", message)
    })?;
    let inbox = ctx.api().notifications();
    let shown = inbox.position().await.map_err(Refusal::unexpected)?;
    if let (Some(until), Some(shown)) = (until, shown)
        && until.has_reached(&shown).is_none()
    {
        let message = format!("{FIELD}: position {until} is of another log; read your inbox anew");
        return Err(UserError::new(FIELD, "INVALID", message).into());
    }
    let unread = inbox.unread(viewer, until, MOST_AT_ONCE).await;
    let unread = unread.map_err(Refusal::unexpected)?;
    let mutation = "markAllNotificationsRead";
    mark(ctx, viewer, mutation, unread, input.command_id).await
}

/// Answers with the position that shows it; none when there was nothing to do.
async fn mark(
    ctx: &Context<'_>,
    owner: UserId,
    mutation: &str,
    notifications: Vec<NotificationId>,
    command_id: Option<ID>,
) -> Result<Option<Position>, Refusal> {
    let context = command(ctx, mutation, None, command_id.as_ref()).await?;
    let mut position = None;
    for (number, notifications) in notifications.chunks(MAX_MARKED).enumerate() {
        let mark = InboxCommand::MarkRead {
            owner,
            notifications: notifications.to_vec(),
        };
        let mut context = context.clone();
        context.command_id = Uuid::new_v5(&context.command_id, &number.to_be_bytes());
        position = send::<Inbox>(ctx, "notificationIds", owner.0, mark, &context).await?;
    }
    Ok(position)
}

async fn settle(
    ctx: &Context<'_>,
    done: Result<Option<Position>, Refusal>,
) -> Result<NotificationsReadPayload> {
    let position = match done {
        Ok(position) => position,
        Err(Refusal::Expected(errors)) => {
            return Ok(NotificationsReadPayload {
                unread_count: None,
                position: None,
                errors,
            });
        }
        Err(Refusal::Unexpected(error)) => return Err(unexpected(ctx.correlation_id(), &*error)),
    };
    if let Some(position) = position {
        let watermarks = &ctx.api().watermarks;
        let shown = watermarks.wait_for(NOTIFICATIONS, position, PATIENCE).await;
        if let Err(error) = shown {
            tracing::warn!(
                correlation_id = %ctx.correlation_id(),
                error = &error as &dyn std::error::Error,
                "an inbox was counted before it showed what was read"
            );
        }
    }
    Ok(NotificationsReadPayload {
        unread_count: Some(unread_count(ctx).await?),
        position: position.map(|position| position.to_string()),
        errors: Vec::new(),
    })
}
