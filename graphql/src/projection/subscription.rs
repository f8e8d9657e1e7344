use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, Result, Subscription};
use futures::stream::{self, Stream};
use tokio::time::{MissedTickBehavior, interval};

use super::types::Projection;
use super::{FIELD, named};
use crate::context::Asking;
use crate::error::{refused, unexpected};

/// A rebuild writes no hints, so its rows are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Default)]
pub(crate) struct ProjectionSubscription;

#[Subscription]
impl ProjectionSubscription {
    /// A projection as it is now, then twice a second while a
    /// rebuild or a rollback of it is under way. Completes when none is, with
    /// how it is then.
    async fn rebuild_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name: `video`.")] projection: String,
    ) -> Result<impl Stream<Item = Result<Projection>> + use<>> {
        let projector = named(&projection).map_err(|none| refused(FIELD, "NOT_FOUND", none))?;
        let name = projector.name();
        let (api, correlation_id) = (Arc::clone(ctx.api()), ctx.correlation_id());
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(stream::unfold(Some(look), move |look| {
            let api = Arc::clone(&api);
            async move {
                let mut look = look?;
                look.tick().await;
                match Projection::look_with(&api, name).await {
                    Ok(now) => {
                        let goes_on = now.is_worked_on();
                        Some((Ok(now), goes_on.then_some(look)))
                    }
                    Err(error) => Some((Err(unexpected(correlation_id, &error)), None)),
                }
            }
        }))
    }
}
