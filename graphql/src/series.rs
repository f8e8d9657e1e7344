//! Series: what their videos have in common.

mod loader;
mod mutation;
mod query;
mod subscription;
mod types;

pub(crate) use loader::SeriesLoader;
pub(crate) use mutation::SeriesMutation;
pub(crate) use query::SeriesQuery;
pub(crate) use subscription::SeriesSubscription;
pub(crate) use types::Series;

use async_graphql::Context;
use domain::{Aggregate, SeriesId, series};

use crate::context::Asking;
use crate::error::{Refusal, UserError};

/// The viewer's series as the log has it, which no view lags behind; `field`
/// names the input that asked for it.
pub(crate) async fn stored(
    ctx: &Context<'_>,
    field: &str,
    id: SeriesId,
) -> Result<series::Series, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let loaded = ctx.api().dispatcher.load::<series::Series>(id.0).await;
    let series = loaded.map_err(Refusal::unexpected)?.state;
    if series.owner() == Some(viewer) {
        Ok(series)
    } else {
        Err(UserError::not_found(field, "series").into())
    }
}
