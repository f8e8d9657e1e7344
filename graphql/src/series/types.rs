use std::sync::Arc;

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};
use projections::Cursor;
use projections::series::SeriesView;

use crate::connection::Listed;
use crate::settings::Settings;

pub(crate) struct Series(Arc<SeriesView>);

impl From<SeriesView> for Series {
    fn from(view: SeriesView) -> Self {
        Self(Arc::new(view))
    }
}

impl From<Arc<SeriesView>> for Series {
    fn from(view: Arc<SeriesView>) -> Self {
        Self(view)
    }
}

impl Listed for SeriesView {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.id.0,
        }
    }
}

/// What videos of one channel have in common.
#[Object]
impl Series {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// What its next videos are made with, where their request says nothing else.
    async fn settings(&self) -> Settings {
        (&self.0.settings).into()
    }

    /// Hidden from `seriesList`, and closed to new videos.
    async fn archived(&self) -> bool {
        self.0.archived
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// The last event that this shows.
    async fn position(&self) -> String {
        self.0.position.to_string()
    }
}
