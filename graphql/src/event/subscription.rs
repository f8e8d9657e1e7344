use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::{Context, Result, Subscription};
use event_store::{RawEvent, StoreError};
use futures::{Stream, stream};

use super::failed;
use super::feed::{After, Feed, Wanted};
use super::query::{filter, position};
use super::types::Event;
use crate::context::Asking;

#[derive(Default)]
pub(crate) struct EventSubscription;

#[Subscription]
impl EventSubscription {
    /// What happens, for admins: every event after `after` in the order of the
    /// log, first those there are, then each as it happens, without a gap or a
    /// repeat. After a reconnect, pass the position of the last one you have.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A position; by default only what is new is told.")] after: Option<String>,
        #[graphql(desc = "Only of these types, such as `VideoReady`.")] types: Option<Vec<String>>,
        #[graphql(desc = "Only of these categories (`video`) and streams (`video-<uuid>`).")]
        streams: Option<Vec<String>>,
    ) -> Result<impl Stream<Item = Result<Event>> + use<>> {
        let after = after.map(|text| position("after", &text)).transpose()?;
        let wanted = Wanted {
            after: after.map_or(After::End, After::Position),
            filter: filter(types, streams)?,
            follow: true,
        };
        let feed = Feed::open(Arc::clone(&ctx.api().store), None, wanted).await;
        let feed = feed.map_err(|error| failed(ctx, "after", &error))?;
        Ok(one_by_one(feed))
    }
}

/// Ends with the first event that cannot be read: to leave it out would be a
/// gap that nobody sees.
fn one_by_one(feed: Feed) -> impl Stream<Item = Result<Event>> {
    let reading = (feed, VecDeque::<RawEvent>::new());
    stream::unfold(Some(reading), async |reading| {
        let (mut feed, mut ready) = reading?;
        loop {
            let event = match ready.pop_front() {
                Some(event) => event.read().map(Event::from),
                None => match feed.next().await {
                    Ok(batch) => {
                        ready.extend(batch?.events);
                        continue;
                    }
                    Err(error) => Err(error),
                },
            };
            return match event {
                Ok(event) => Some((Ok(event), Some((feed, ready)))),
                Err(error) => Some((Err(broken(&error)), None)),
            };
        }
    })
}

fn broken(error: &StoreError) -> async_graphql::Error {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "a subscription to events ended"
    );
    async_graphql::Error::new(error.to_string())
}
