//! The series of many videos in one read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::{SeriesId, UserId};
use projections::series::{SeriesQueries, SeriesView};

pub(crate) struct SeriesLoader {
    queries: SeriesQueries,
}

impl SeriesLoader {
    pub(crate) fn new(queries: SeriesQueries) -> Self {
        Self { queries }
    }
}

/// The key says who asks, so a batch of several people's questions stays apart.
impl Loader<(UserId, SeriesId)> for SeriesLoader {
    type Value = SeriesView;
    type Error = Arc<sqlx::Error>;

    async fn load(
        &self,
        keys: &[(UserId, SeriesId)],
    ) -> Result<HashMap<(UserId, SeriesId), SeriesView>, Self::Error> {
        let viewers: HashSet<UserId> = keys.iter().map(|(viewer, _)| *viewer).collect();
        let mut found = HashMap::with_capacity(keys.len());
        for viewer in viewers {
            let ids: Vec<SeriesId> = keys
                .iter()
                .filter(|(asking, _)| *asking == viewer)
                .map(|(_, id)| *id)
                .collect();
            for view in self.queries.by_ids(viewer, &ids).await? {
                found.insert((viewer, view.id), view);
            }
        }
        Ok(found)
    }
}
