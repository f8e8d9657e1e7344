//! The schema: each noun's part, merged, within limits.

use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, SchemaBuilder};

use crate::Api;
use crate::music::MusicMutation;
use crate::options::OptionsQuery;
use crate::series::{SeriesLoader, SeriesMutation, SeriesQuery};
use crate::video::{VideoMutation, VideoQuery, VideoSubscription};

/// Levels of a query. Introspection as GraphiQL asks it has 13.
const MAX_DEPTH: usize = 15;
/// Fields of a query, those of a list's rows counted for each row asked for.
const MAX_COMPLEXITY: usize = 10_000;
/// Directives on one field.
const MAX_DIRECTIVES: usize = 10;

/// What there is to read.
#[derive(MergedObject, Default)]
pub struct Query(OptionsQuery, SeriesQuery, VideoQuery);

/// What there is to do. Every mutation takes an optional `commandId`, a UUID of
/// the client's choosing: sent again with the same id, it answers with what it
/// did the first time and does nothing new.
#[derive(MergedObject, Default)]
pub struct Mutation(SeriesMutation, VideoMutation, MusicMutation);

/// What there is to follow, over `graphql-transport-ws`.
#[derive(MergedSubscription, Default)]
pub struct Subscription(VideoSubscription);

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

pub fn build_schema(api: Arc<Api>) -> Schema {
    let series = DataLoader::new(SeriesLoader::new(api.series()), tokio::spawn);
    builder().data(series).data(api).finish()
}

/// The schema in GraphQL's own language, as `schema.graphql` holds it.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .limit_directives(MAX_DIRECTIVES)
}
