//! The schema: each noun's part, merged, within limits.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{MergedObject, MergedSubscription, SchemaBuilder};
use chrono::{DateTime, Utc};

use crate::Api;
use crate::account::{AccessTokenMutation, AccountMutation, AccountQuery};
use crate::admin;
use crate::event::EventSubscription;
use crate::live::Live;
use crate::material::PictureMutation;
use crate::music::MusicMutation;
use crate::notification::{
    NotificationMutation, NotificationPreferenceMutation, NotificationPreferenceQuery,
    NotificationQuery, NotificationSubscription,
};
use crate::options::OptionsQuery;
use crate::projection::ProjectionSubscription;
use crate::series::{SeriesLoader, SeriesMutation, SeriesQuery, SeriesSubscription};
use crate::spending::SpendingQuery;
use crate::video::{VideoMutation, VideoQuery, VideoSubscription};
use crate::webhook::{WebhookMutation, WebhookQuery, WebhookSendingMutation};

/// Levels of a query. Introspection as GraphiQL asks it has 13.
const MAX_DEPTH: usize = 15;
/// Fields of a query, those of a list's rows counted for each row asked for.
const MAX_COMPLEXITY: usize = 10_000;
/// Directives on one field.
const MAX_DIRECTIVES: usize = 10;

const INSTANT: &str = "An instant in UTC, as RFC 3339 writes it: `2026-11-01T12:00:00+00:00`.";

/// What there is to read.
#[derive(MergedObject, Default)]
pub struct Query(
    OptionsQuery,
    SeriesQuery,
    VideoQuery,
    SpendingQuery,
    NotificationQuery,
    NotificationPreferenceQuery,
    WebhookQuery,
    AccountQuery,
    admin::ToQuery,
);

/// What there is to do.
///
/// Inputs take an optional `commandId`, a UUID of the client's choosing: sent
/// again with the same id, a mutation answers with what it did the first time
/// and does nothing new. Without one, each sending is a new request.
///
/// What the client can mend is told in the payload's `errors`, all of it at
/// once; GraphQL errors are for what it cannot.
#[derive(MergedObject, Default)]
pub struct Mutation(
    SeriesMutation,
    VideoMutation,
    MusicMutation,
    PictureMutation,
    NotificationMutation,
    NotificationPreferenceMutation,
    WebhookMutation,
    WebhookSendingMutation,
    AccountMutation,
    AccessTokenMutation,
    admin::ToMutation,
);

/// What there is to follow, over `graphql-transport-ws`.
///
/// Every item tells its `position`. Who loses the connection subscribes again
/// with the last one as `after`, and has missed nothing. An `after` can be
/// refused: `RESYNC_REQUIRED` when too much has changed since, `OTHER_LOG` when
/// the log was restored or moved, `UNKNOWN_POSITION` when the log ends before
/// it, `INVALID` when it is no position; then read afresh.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    SeriesSubscription,
    VideoSubscription,
    NotificationSubscription,
    EventSubscription,
    ProjectionSubscription,
);

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

pub fn build_schema(api: Arc<Api>) -> Schema {
    with_data(builder(), api)
}

/// One that does not name its parts to who misspells them.
pub(crate) fn build_silent_schema(api: Arc<Api>) -> Schema {
    with_data(builder().disable_introspection().disable_suggestions(), api)
}

fn with_data(builder: SchemaBuilder<Query, Mutation, Subscription>, api: Arc<Api>) -> Schema {
    let series = DataLoader::new(SeriesLoader::new(api.series()), tokio::spawn);
    let live = Live::new(&api);
    builder.data(series).data(live).data(api).finish()
}

/// The schema in GraphQL's own language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(
        Query::default(),
        Mutation::default(),
        Subscription::default(),
    )
    .override_output_type_description::<DateTime<Utc>>(INSTANT)
    .limit_depth(MAX_DEPTH)
    .limit_complexity(MAX_COMPLEXITY)
    .limit_directives(MAX_DIRECTIVES)
}
