//! Videos: requested, watched while they are made, fetched when they are ready.

mod changes;
mod costs;
mod link;
mod listing;
mod mutation;
mod parts;
mod progress;
mod query;
mod stages;
mod subscription;
mod timeline;
mod types;

pub(crate) use mutation::VideoMutation;
pub(crate) use query::VideoQuery;
pub(crate) use subscription::VideoSubscription;
pub(crate) use types::Video;
