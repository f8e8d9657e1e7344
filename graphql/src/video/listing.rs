//! Videos in lists.

use async_graphql::{Context, Object, Result};
use projections::Cursor;
use projections::video::{VideoFilter, VideoView};

use crate::connection::Listed;
use crate::context::Asking;
use crate::reading::OrUnexpected;

impl Listed for VideoView {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.requested_at,
            id: self.id.0,
        }
    }
}

pub(crate) struct VideoTotal {
    pub(super) filter: VideoFilter,
}

#[Object]
impl VideoTotal {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        let count = ctx.api().videos();
        let count = count.count(ctx.viewer()?, &self.filter).await;
        count.or_unexpected(ctx)
    }
}
