use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use projections::Cursor;
use projections::notification::{NotificationFilter, NotificationView};

use crate::connection::Listed;
use crate::context::Asking;
use crate::reading::OrUnexpected;
use crate::video::Video;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::NotificationKind")]
pub(crate) enum NotificationKind {
    /// The film is made.
    VideoReady,
    /// It was given up.
    VideoFailed,
}

pub(crate) struct Notification(Arc<NotificationView>);

impl From<NotificationView> for Notification {
    fn from(view: NotificationView) -> Self {
        Self(Arc::new(view))
    }
}

impl From<Arc<NotificationView>> for Notification {
    fn from(view: Arc<NotificationView>) -> Self {
        Self(view)
    }
}

impl Listed for NotificationView {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.created_at,
            id: self.id.0,
        }
    }
}

/// Something you were told of.
#[Object]
impl Notification {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    async fn kind(&self) -> NotificationKind {
        self.0.notice.kind.into()
    }

    /// One line.
    async fn title(&self) -> &str {
        &self.0.notice.title
    }

    /// What happened.
    async fn text(&self) -> &str {
        &self.0.notice.text
    }

    /// What you can do next, in one sentence.
    async fn next_step(&self) -> &str {
        &self.0.notice.next_step
    }

    async fn video_id(&self) -> ID {
        self.0.video.to_string().into()
    }

    /// What it is about, as it is now.
    async fn video(&self, ctx: &Context<'_>) -> Result<Option<Video>> {
        let videos = ctx.api().videos();
        let found = videos.by_id(ctx.viewer()?, self.0.video).await;
        Ok(found.or_unexpected(ctx)?.map(Into::into))
    }

    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Null while it is unread.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.0.read_at
    }

    /// The last event that this shows.
    async fn position(&self) -> String {
        self.0.position.to_string()
    }
}

/// What lists of notifications tell besides.
pub(crate) struct NotificationTotal {
    pub(super) filter: NotificationFilter,
}

#[Object]
impl NotificationTotal {
    /// How many there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        let notifications = ctx.api().notifications();
        let count = notifications.count(ctx.viewer()?, self.filter).await;
        count.or_unexpected(ctx)
    }

    /// How many of your inbox are unread, whatever this list shows.
    async fn unread_count(&self, ctx: &Context<'_>) -> Result<u64> {
        unread_count(ctx).await
    }
}

pub(super) async fn unread_count(ctx: &Context<'_>) -> Result<u64> {
    let unread = NotificationFilter { unread_only: true };
    let notifications = ctx.api().notifications();
    let count = notifications.count(ctx.viewer()?, unread).await;
    count.or_unexpected(ctx)
}
