//! Every kind of stream there is, with what may happen in it.

use crate::access_token::AccessToken;
use crate::inbox::Inbox;
use crate::series::Series;
use crate::session::Session;
use crate::user::User;
use crate::video::Video;
use crate::{Aggregate, DomainEvent};

/// The streams of one aggregate.
#[derive(Debug, Clone, Copy)]
pub struct Category {
    /// First part of the streams' names: `video` in `video-<uuid>`.
    pub name: &'static str,
    /// Stored name and current schema version of each of its events.
    pub events: &'static [(&'static str, u16)],
}

impl Category {
    const fn of<A: Aggregate>() -> Self {
        Self {
            name: A::CATEGORY,
            events: <A::Event as DomainEvent>::CATALOGUE,
        }
    }
}

/// A new aggregate is added here.
pub const CATEGORIES: &[Category] = &[
    Category::of::<AccessToken>(),
    Category::of::<Inbox>(),
    Category::of::<Series>(),
    Category::of::<Session>(),
    Category::of::<User>(),
    Category::of::<Video>(),
];
