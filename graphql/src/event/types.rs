use async_graphql::{ComplexObject, Context, ID, Json, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::Personal;
use event_store::{Actor, RecordedEvent};
use serde_json::Value;
use uuid::Uuid;

use crate::account::types::Origin;
use crate::context::Asking;
use crate::error::unexpected;

/// One thing that happened, as the log holds it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Event {
    id: ID,
    /// Its place in the log; give it back as `after` to go on from here.
    position: String,
    /// `<category>-<uuid>`: what it happened to.
    stream: String,
    /// Its place in its stream, from 0.
    revision: u64,
    /// The name it is stored under, such as `VideoRequested`.
    #[graphql(name = "type")]
    type_name: String,
    /// The shape of `data`.
    schema_version: u16,
    occurred_at: DateTime<Utc>,
    /// Whose data it is.
    owner_id: ID,
    /// Who caused it: `user:<uuid>`, or `system:` and a part of the program.
    actor: String,
    /// Shared by all that follows from one request.
    correlation_id: ID,
    /// The event that led to it, if one did.
    causation_id: Option<ID>,
    /// Shared by the events of one command.
    command_id: ID,
    data: Json<Value>,
    #[graphql(skip)]
    sealed_origin: Option<(Uuid, Personal)>,
}

#[ComplexObject]
impl Event {
    /// From where its actor asked; null for a part of the program, for who was on
    /// the server's own machine, and for who was erased since.
    #[graphql(complexity = 5)]
    async fn origin(&self, ctx: &Context<'_>) -> Result<Option<Origin>> {
        let Some((correlation_id, sealed)) = &self.sealed_origin else {
            return Ok(None);
        };
        let opened = ctx
            .api()
            .accounts
            .open_origin(*correlation_id, sealed)
            .await;
        let opened = opened.map_err(|error| unexpected(ctx.correlation_id(), &error))?;
        Ok(opened.map(Into::into))
    }
}

/// A stretch of the log.
#[derive(SimpleObject)]
pub(crate) struct EventPage {
    pub(super) events: Vec<Event>,
    /// How far was looked, past what was not wanted too: the `after`, or the
    /// `before`, of the next page.
    pub(super) position: String,
    /// There may be more in this direction.
    pub(super) has_more: bool,
}

impl From<RecordedEvent> for Event {
    fn from(event: RecordedEvent) -> Self {
        let metadata = event.metadata;
        Self {
            id: event.id.into(),
            position: event.position.to_string(),
            stream: event.stream.to_string(),
            revision: event.revision,
            type_name: event.event.type_name,
            schema_version: event.event.schema_version,
            occurred_at: metadata.occurred_at,
            owner_id: metadata.owner.0.into(),
            actor: match metadata.actor {
                Actor::User { id } => format!("user:{id}"),
                Actor::System { name } => format!("system:{name}"),
            },
            correlation_id: metadata.correlation_id.into(),
            causation_id: metadata.causation_id.map(Into::into),
            command_id: metadata.command_id.into(),
            data: Json(event.event.data),
            sealed_origin: metadata
                .origin
                .map(|sealed| (metadata.correlation_id, sealed)),
        }
    }
}
