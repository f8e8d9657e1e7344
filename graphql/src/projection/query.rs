use async_graphql::{Context, Object, Result};
use event_store::Position;
use projections::parking::ParkedQueries;

use super::parked::ParkedEvent;
use super::types::Projection;
use super::{FIELD, named};
use crate::connection::{first_of, page_cost};
use crate::context::Asking;
use crate::error::{refused, unexpected};
use crate::reading::OrUnexpected;

/// Parked events that one answer may hold.
const MAX_PARKED: u16 = 100;

#[derive(Default)]
pub(crate) struct ProjectionQuery;

#[Object]
impl ProjectionQuery {
    /// Every read model there is.
    #[graphql(complexity = "10 * child_complexity")]
    async fn projections(&self, ctx: &Context<'_>) -> Result<Vec<Projection>> {
        let mut all = Vec::new();
        for projector in projections::projectors() {
            let looked = Projection::look(ctx, projector.name()).await;
            all.push(looked.map_err(|error| unexpected(ctx.correlation_id(), &error))?);
        }
        Ok(all)
    }

    /// What a projection could not take, in the order of the log.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn parked_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name: `video`.")] projection: String,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this position.")] after: Option<String>,
    ) -> Result<Vec<ParkedEvent>> {
        let projector = named(&projection).map_err(|none| refused(FIELD, "NOT_FOUND", none))?;
        let limit = first_of(first.unwrap_or(20), MAX_PARKED)?;
        let after = after.map(|text| text.parse::<Position>()).transpose();
        let after =
            after.map_err(|error| refused("after", "INVALID", format!("after: {error}")))?;
        let parked = ParkedQueries::new(ctx.api().pool.clone());
        let page = parked.page(projector.name(), after, limit).await;
        Ok(page
            .or_unexpected(ctx)?
            .into_iter()
            .map(Into::into)
            .collect())
    }
}
