use async_graphql::{Context, ID, Object, Result};
use domain::UserId;
use event_store::{Actor, Filter, Page, Position, StoreError};

use super::failed;
use super::selection::select;
use super::types::{Event, EventPage};
use crate::Api;
use crate::connection::{first_of, page_cost};
use crate::context::Asking;
use crate::error::refused;
use crate::reading::parse_id;

/// Events of one page.
const MAX_EVENTS: u16 = 100;
/// Events that are looked at for one page, whether they are wanted or not.
const MAX_LOOKED_AT: usize = 20_000;
/// Those looked at at once.
const LOOK_AT: usize = 500;
const DEFAULT_LAST: i32 = 20;

#[derive(Default)]
pub(crate) struct EventQuery;

#[Object]
impl EventQuery {
    /// What happened, for admins. With `first`, the oldest after `after`,
    /// oldest first; with `last`, the newest before `before`, newest first;
    /// with neither, the newest 20. A page may hold fewer than asked for and
    /// still have more: go on from its `position`.
    #[graphql(complexity = "page_cost(first.or(last), child_complexity)")]
    #[allow(clippy::too_many_arguments, reason = "they are the field's arguments")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100, the oldest first.")] first: Option<i32>,
        #[graphql(desc = "With `first`: only those after this position.")] after: Option<String>,
        #[graphql(desc = "How many, 1 to 100, the newest first.")] last: Option<i32>,
        #[graphql(desc = "With `last`: only those before this position.")] before: Option<String>,
        #[graphql(desc = "Only of these types, such as `VideoReady`.")] types: Option<Vec<String>>,
        #[graphql(desc = "Only of these categories (`video`) and streams (`video-<uuid>`).")]
        streams: Option<Vec<String>>,
        #[graphql(desc = "Only what this person did, by their id.")] actor: Option<ID>,
    ) -> Result<EventPage> {
        let filter = filter(types, streams)?;
        let actor = actor.map(|id| person(&id)).transpose()?;
        let forwards = first.is_some() || after.is_some();
        if forwards && (last.is_some() || before.is_some()) {
            let message = "last and before read backwards, first and after forwards: use one pair";
            return Err(refused("last", "INVALID", message));
        }
        let (field, count, from) = if forwards {
            (
                "after",
                first_of(first.unwrap_or(DEFAULT_LAST), MAX_EVENTS)?,
                after,
            )
        } else {
            ("before", last_of(last.unwrap_or(DEFAULT_LAST))?, before)
        };
        let from = from.map(|text| position(field, &text)).transpose()?;
        let look = Look {
            api: ctx.api(),
            filter,
            actor,
            count: count.into(),
        };
        let found = if forwards {
            look.forwards(from).await
        } else {
            look.backwards(from).await
        };
        found.map_err(|error| failed(ctx, field, &error))
    }
}

/// The filter for what a client names.
pub(super) fn filter(types: Option<Vec<String>>, streams: Option<Vec<String>>) -> Result<Filter> {
    let (types, streams) = (types.unwrap_or_default(), streams.unwrap_or_default());
    let chosen = select(
        types.iter().map(String::as_str),
        streams.iter().map(String::as_str),
    );
    chosen.map_err(|nameless| refused(nameless.field(), "INVALID", nameless.to_string()))
}

pub(super) fn position(field: &str, text: &str) -> Result<Position> {
    text.parse().map_err(|error| {
        let message = format!("{field}: {error}");
        refused(field, "INVALID", message)
    })
}

fn person(id: &ID) -> Result<UserId> {
    parse_id(id)
        .map(UserId)
        .ok_or_else(|| refused("actor", "INVALID", "actor: it is not the id of a person"))
}

fn last_of(last: i32) -> Result<u16> {
    first_of(last, MAX_EVENTS).map_err(|_| {
        let message = format!("last: {last} is out of range; ask for 1 to {MAX_EVENTS}");
        refused("last", "INVALID", message)
    })
}

struct Look<'a> {
    api: &'a Api,
    filter: Filter,
    /// Whose doing is wanted; none for everybody's.
    actor: Option<UserId>,
    count: usize,
}

impl Look<'_> {
    /// Stores cannot tell by actor, so it is told here.
    fn of_actor(&self, mut page: Page) -> Page {
        if let Some(actor) = self.actor {
            let wanted = Actor::User { id: actor };
            page.events.retain(|event| event.metadata.actor == wanted);
        }
        page
    }

    async fn forwards(&self, after: Option<Position>) -> Result<EventPage, StoreError> {
        let store = &self.api.store;
        let mut at = match after {
            Some(after) => after,
            None => store.start().await?,
        };
        let mut found = Found::default();
        loop {
            let page = self.of_actor(store.read_all(at, LOOK_AT, &self.filter).await?);
            at = page.scanned_to;
            if let Some(answer) = found.add(page, self.count) {
                return Ok(answer);
            }
        }
    }

    async fn backwards(&self, before: Option<Position>) -> Result<EventPage, StoreError> {
        let store = &self.api.store;
        let mut at = before;
        let mut found = Found::default();
        loop {
            let page = self.of_actor(store.read_all_back(at, LOOK_AT, &self.filter).await?);
            at = Some(page.scanned_to);
            if let Some(answer) = found.add(page, self.count) {
                return Ok(answer);
            }
        }
    }
}

#[derive(Default)]
struct Found {
    events: Vec<Event>,
    looked_at: usize,
}

impl Found {
    /// Takes up to `count` in all; the answer, once it is complete.
    fn add(&mut self, mut page: Page, count: usize) -> Option<EventPage> {
        self.looked_at += LOOK_AT;
        let wanted = count - self.events.len();
        let has_more = page.events.len() > wanted || !page.is_last;
        if page.events.len() > wanted {
            page.events.truncate(wanted);
            page.scanned_to = page.events.last()?.position;
        }
        self.events.extend(page.events.into_iter().map(Event::from));
        let is_complete =
            self.events.len() == count || !has_more || self.looked_at >= MAX_LOOKED_AT;
        is_complete.then(|| EventPage {
            events: std::mem::take(&mut self.events),
            position: page.scanned_to.to_string(),
            has_more,
        })
    }
}
