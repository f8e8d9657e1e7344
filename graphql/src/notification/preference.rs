//! Who is told of what, by which way.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use notifications::{NotificationError, Preference};

use super::NotificationKind;
use crate::context::Asking;
use crate::error::{UserError, unexpected};

/// A way by which you are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::NotificationChannel")]
pub(crate) enum NotificationChannel {
    /// To the address of your account.
    Email,
    /// To those of your webhook endpoints that want the kind.
    Webhook,
}

/// Whether you are told of a kind of thing by one way.
#[derive(SimpleObject)]
pub(crate) struct NotificationPreference {
    kind: NotificationKind,
    channel: NotificationChannel,
    enabled: bool,
}

impl From<Preference> for NotificationPreference {
    fn from(preference: Preference) -> Self {
        Self {
            kind: preference.kind.into(),
            channel: preference.channel.into(),
            enabled: preference.enabled,
        }
    }
}

/// A preference to set.
#[derive(InputObject)]
pub(crate) struct NotificationPreferenceInput {
    kind: NotificationKind,
    channel: NotificationChannel,
    enabled: bool,
}

/// Preferences to set; what is left out stays.
#[derive(InputObject)]
pub(crate) struct SetNotificationPreferencesInput {
    /// Each kind and channel once.
    preferences: Vec<NotificationPreferenceInput>,
}

/// What became of your preferences.
#[derive(SimpleObject)]
pub(crate) struct NotificationPreferencesPayload {
    /// All of them, as they are now; null when the request was refused.
    preferences: Option<Vec<NotificationPreference>>,
    /// What was wrong with the request; empty when it was done.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct NotificationPreferenceQuery;

#[Object]
impl NotificationPreferenceQuery {
    /// Each kind by each way. Your inbox tells all of it in any case.
    async fn notification_preferences(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<NotificationPreference>> {
        all(ctx).await
    }
}

#[derive(Default)]
pub(crate) struct NotificationPreferenceMutation;

#[Object]
impl NotificationPreferenceMutation {
    /// Says by which ways you are told of what, from now on.
    async fn set_notification_preferences(
        &self,
        ctx: &Context<'_>,
        input: SetNotificationPreferencesInput,
    ) -> Result<NotificationPreferencesPayload> {
        let wanted: Vec<_> = input
            .preferences
            .into_iter()
            .map(|wanted| Preference {
                kind: wanted.kind.into(),
                channel: wanted.channel.into(),
                enabled: wanted.enabled,
            })
            .collect();
        if let Some(place) = said_twice(&wanted) {
            let field = format!("preferences.{place}");
            let message =
                format!("{field}: this kind and channel stand here twice; name each once");
            return Ok(NotificationPreferencesPayload {
                preferences: None,
                errors: vec![UserError::new(&field, "INVALID", message)],
            });
        }
        let preferences = ctx.api().mails.preferences();
        let set = preferences.set(ctx.viewer()?, &wanted).await;
        set.map_err(|error| failed(ctx, &error))?;
        Ok(NotificationPreferencesPayload {
            preferences: Some(all(ctx).await?),
            errors: Vec::new(),
        })
    }
}

async fn all(ctx: &Context<'_>) -> Result<Vec<NotificationPreference>> {
    let preferences = ctx.api().mails.preferences().of(ctx.viewer()?).await;
    let preferences = preferences.map_err(|error| failed(ctx, &error))?;
    Ok(preferences.into_iter().map(Into::into).collect())
}

fn failed(ctx: &Context<'_>, error: &NotificationError) -> async_graphql::Error {
    unexpected(ctx.correlation_id(), error)
}

/// The place of the first that stands there a second time.
fn said_twice(wanted: &[Preference]) -> Option<usize> {
    let about = |preference: &Preference| (preference.kind, preference.channel);
    (1..wanted.len()).find(|&place| {
        let this = about(&wanted[place]);
        wanted[..place].iter().any(|before| about(before) == this)
    })
}
