//! Events of videos and inboxes to notifications.

use async_trait::async_trait;
use domain::inbox::{Inbox, InboxEvent};
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, DecodeError, DomainEvent, NotificationKind};
use event_store::{Filter, RecordedEvent};
use sqlx::{Postgres, Transaction};

use super::NOTIFICATIONS;
use super::batch::{Batch, Touched};
use crate::{Changed, ProjectionError, Projector};

/// See [`Projector::logic`].
const LOGIC: u32 = 1;

/// Events that name a video, and those that end one.
const ABOUT_VIDEOS: [&str; 3] = ["VideoRequested", "StageCompleted", "VideoDeleted"];

#[derive(Default)]
pub struct NotificationProjector;

/// An event that this projection is about.
pub(super) enum Event {
    Video(Box<VideoEvent>),
    Inbox(InboxEvent),
}

#[async_trait]
impl Projector for NotificationProjector {
    fn name(&self) -> &'static str {
        NOTIFICATIONS
    }

    fn logic(&self) -> u32 {
        LOGIC
    }

    fn tables(&self) -> &'static [&'static str] {
        &["notifications", "withdrawn_notifications", "video_names"]
    }

    fn filter(&self) -> Filter {
        let worth_telling = NotificationKind::ALL.iter().map(|kind| kind.caused_by());
        let read = InboxEvent::CATALOGUE.iter().map(|(name, _)| *name);
        let type_names = ABOUT_VIDEOS.into_iter().chain(worth_telling).chain(read);
        Filter {
            categories: vec![Video::CATEGORY.to_owned(), Inbox::CATEGORY.to_owned()],
            type_names: type_names.map(str::to_owned).collect(),
            ..Filter::default()
        }
    }

    async fn apply(
        &self,
        tx: &mut Transaction<'_, Postgres>,
        events: &[RecordedEvent],
    ) -> Result<Vec<Changed>, ProjectionError> {
        let events = events
            .iter()
            .map(|recorded| Ok((recorded, restored(recorded)?)))
            .collect::<Result<Vec<_>, ProjectionError>>()?;
        let mut batch = Batch::load(tx, &Touched::by(&events)).await?;
        for (recorded, event) in &events {
            batch.apply(recorded, event);
        }
        batch.store(tx).await
    }

    fn for_bulk(&self) -> Box<dyn Projector> {
        Box::new(Self)
    }
}

fn restored(recorded: &RecordedEvent) -> Result<Event, ProjectionError> {
    let restore = || -> Result<Event, DecodeError> {
        if recorded.stream.category == Inbox::CATEGORY {
            InboxEvent::restore(&recorded.event).map(Event::Inbox)
        } else {
            VideoEvent::restore(&recorded.event).map(|event| Event::Video(Box::new(event)))
        }
    };
    restore().map_err(|source| ProjectionError::Decode {
        position: recorded.position,
        source,
    })
}
