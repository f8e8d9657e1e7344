//! What a batch of events touches, loaded, changed, and written back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::inbox::InboxEvent;
use domain::video::VideoEvent;
use domain::{Notice, NotificationId};
use event_store::RecordedEvent;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::projector::Event;
use super::rows::{self, Withdrawn};
use super::{NOTIFICATIONS, NotificationView};
use crate::{Changed, ProjectionError};

/// The rows that a batch may need.
pub(super) struct Touched {
    /// Videos whose names may be needed.
    videos: Vec<Uuid>,
    /// Videos whose notifications are withdrawn.
    deleted: Vec<Uuid>,
    read: Vec<Uuid>,
}

impl Touched {
    pub(super) fn by(events: &[(&RecordedEvent, Event)]) -> Self {
        let mut videos = BTreeSet::new();
        let mut deleted = Vec::new();
        let mut read = Vec::new();
        for (recorded, event) in events {
            match event {
                Event::Video(event) => {
                    let video = recorded.stream.id;
                    match **event {
                        VideoEvent::Deleted {} => deleted.push(video),
                        _ => drop(videos.insert(video)),
                    }
                }
                Event::Inbox(InboxEvent::Read { notification, .. }) => read.push(notification.0),
            }
        }
        Self {
            videos: videos.into_iter().collect(),
            deleted,
            read,
        }
    }
}

pub(super) struct Batch {
    names: HashMap<Uuid, Option<String>>,
    notifications: BTreeMap<NotificationId, NotificationView>,
    changed: BTreeSet<NotificationId>,
    withdrawn: Vec<Withdrawn>,
}

impl Batch {
    pub(super) async fn load(
        tx: &mut Transaction<'_, Postgres>,
        touched: &Touched,
    ) -> Result<Self, ProjectionError> {
        let names = rows::names(tx, &touched.videos).await?;
        let notifications = rows::notifications(tx, &touched.read, &touched.deleted).await?;
        Ok(Self {
            names: names
                .into_iter()
                .map(|(id, name)| (id, Some(name)))
                .collect(),
            notifications: notifications
                .into_iter()
                .map(|view| (view.id, view))
                .collect(),
            changed: BTreeSet::new(),
            withdrawn: Vec::new(),
        })
    }

    pub(super) fn apply(&mut self, recorded: &RecordedEvent, event: &Event) {
        match event {
            Event::Video(event) => self.apply_to_video(recorded, event),
            Event::Inbox(InboxEvent::Read {
                owner,
                notification,
            }) => {
                let view = self.notifications.get_mut(notification);
                if let Some(view) = view.filter(|view| view.owner == *owner) {
                    view.read(recorded);
                    self.changed.insert(view.id);
                }
            }
        }
    }

    fn apply_to_video(&mut self, recorded: &RecordedEvent, event: &VideoEvent) {
        let video = recorded.stream.id;
        if let Some(name) = event.video_name() {
            self.names.insert(video, Some(name.to_owned()));
        }
        if matches!(event, VideoEvent::Deleted {}) {
            self.withdraw(recorded);
        }
        let name = self.names.get(&video).and_then(Option::as_deref);
        // Without a name it was deleted, or it never was.
        let notice = name.and_then(|name| Notice::of_video(event, name));
        if let Some(notice) = notice {
            let view = NotificationView::new(recorded, notice);
            self.changed.insert(view.id);
            self.notifications.insert(view.id, view);
        }
    }

    fn withdraw(&mut self, deleted: &RecordedEvent) {
        let video = deleted.stream.id;
        self.names.insert(video, None);
        let told_of = self.notifications.len();
        self.notifications.retain(|_, view| view.video.0 != video);
        if self.notifications.len() < told_of {
            self.withdrawn.push(Withdrawn {
                video,
                owner: deleted.metadata.owner,
                position: deleted.position,
            });
        }
    }

    /// Answers with whose inboxes look different now.
    pub(super) async fn store(
        self,
        tx: &mut Transaction<'_, Postgres>,
    ) -> Result<Vec<Changed>, ProjectionError> {
        rows::store_names(tx, &self.names).await?;
        let changed: Vec<&NotificationView> = self
            .changed
            .iter()
            .filter_map(|id| self.notifications.get(id))
            .collect();
        rows::store(tx, &changed).await?;
        rows::withdraw(tx, &self.withdrawn).await?;
        let noun = NOTIFICATIONS;
        let told = changed.iter().map(|view| Changed {
            noun,
            id: view.id.0,
            owner: view.owner,
        });
        let gone = self.withdrawn.iter().map(|gone| Changed {
            noun,
            id: gone.video,
            owner: gone.owner,
        });
        Ok(told.chain(gone).collect())
    }
}
