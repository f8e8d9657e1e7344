//! What subscriptions share: one look at the read model for everyone who follows
//! the same person's things, and a way to go on from any position.
//!
//! A subscription reads what changed after the position it is at, then takes
//! what the shared look finds; where that runs ahead of a slow client, it reads
//! again. Positions only grow, so nothing comes twice, and hints of NATS only
//! make it quick: losing them, or the database for a while, costs seconds.
//!
//! To follow another noun: implement [`Followed`] for its queries and give
//! [`Live`] a [`Feeds`] of it.

mod after;
mod feed;
mod feeds;
mod reports;

pub(crate) use after::position_after;
pub(crate) use feed::{Feed, changes_from, snapshot_then_changes};
pub(crate) use feeds::{Feeds, Followed};
pub(crate) use reports::Reports;

use projections::notification::NotificationQueries;
use projections::series::SeriesQueries;
use projections::video::VideoQueries;

use crate::Api;

/// Of this process.
pub(crate) struct Live {
    pub(crate) videos: Feeds<VideoQueries>,
    pub(crate) series: Feeds<SeriesQueries>,
    pub(crate) notifications: Feeds<NotificationQueries>,
    pub(crate) reports: Reports,
}

impl Live {
    pub(crate) fn new(api: &Api) -> Self {
        let (nats, subjects) = (&api.nats, &api.subjects);
        Self {
            videos: Feeds::new(api.videos(), nats.clone(), subjects.clone()),
            series: Feeds::new(api.series(), nats.clone(), subjects.clone()),
            notifications: Feeds::new(api.notifications(), nats.clone(), subjects.clone()),
            reports: Reports::new(nats.clone(), subjects.clone()),
        }
    }
}
