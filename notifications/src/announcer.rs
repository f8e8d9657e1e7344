//! Follows the log, and writes down whom to tell of what.

use std::sync::Arc;
use std::time::Duration;

use domain::user::{User, UserEvent};
use domain::video::{Video, VideoEvent};
use domain::{Aggregate, DomainEvent, Notice, NotificationKind, UserId};
use event_store::{EventStore, Filter, Position, RecordedEvent, StreamName};
use projections::checkpoint;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::webhook::announce;
use crate::{Mails, NotificationError, Webhooks, mail, preferences};

/// The name of its checkpoint.
pub const ANNOUNCER: &str = "announcer";

/// Events looked at in one transaction.
const BATCH: usize = 200;
/// Of a stream, read at a time to know what a video is called.
const PAGE: usize = 500;
/// How long to go without a hint before looking anyway.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(500);

/// One event that is worth telling, ready to be told.
pub(crate) struct Announcement {
    pub(crate) event: RecordedEvent,
    pub(crate) owner: UserId,
    pub(crate) notice: Notice,
}

enum Step {
    Announce(Box<Announcement>),
    /// A video is gone: what is left to tell of it is told nobody.
    ForgetVideo(Uuid),
    /// A person is gone.
    ForgetPerson(UserId),
}

/// Any number of processes may run one: the checkpoint lets one go on at a time.
pub struct Announcer {
    store: Arc<dyn EventStore>,
    pool: PgPool,
    webhooks: Webhooks,
    mails: Mails,
}

impl Announcer {
    pub fn new(store: Arc<dyn EventStore>, pool: PgPool, webhooks: Webhooks, mails: Mails) -> Self {
        Self {
            store,
            pool,
            webhooks,
            mails,
        }
    }

    /// Follows until `stop`. What fails is tried again.
    pub async fn run(self, stop: CancellationToken) {
        let mut hints = self.store.hints();
        while !stop.is_cancelled() {
            hints.mark_unchanged();
            match self.catch_up().await {
                Ok(()) => tokio::select! {
                    () = stop.cancelled() => {}
                    _ = hints.changed() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                },
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "people are told later what happened"
                    );
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
                    }
                }
            }
        }
    }

    /// Writes down all that is to be told until where the log ends now. The
    /// first time that is nothing: what happened before is no news.
    pub async fn catch_up(&self) -> Result<(), NotificationError> {
        loop {
            let Some(from) = checkpoint::load(&self.pool, ANNOUNCER).await? else {
                let head = self.store.head().await?;
                checkpoint::init(&self.pool, ANNOUNCER, head).await?;
                continue;
            };
            let page = self.store.read_raw(from, BATCH, &filter()).await?;
            if page.scanned_to == from {
                return Ok(());
            }
            let mut steps = Vec::with_capacity(page.events.len());
            for raw in page.events {
                let position = raw.position;
                match raw.read() {
                    Ok(recorded) => steps.extend(self.step(recorded).await?),
                    Err(error) => skip(position, &error),
                }
            }
            self.take(from, page.scanned_to, &steps).await?;
            if page.is_last {
                return Ok(());
            }
        }
    }

    async fn take(
        &self,
        from: Position,
        to: Position,
        steps: &[Step],
    ) -> Result<(), NotificationError> {
        let mut tx = self.pool.begin().await?;
        if !checkpoint::advance(&mut tx, ANNOUNCER, from, to).await? {
            // Another process was first.
            return Ok(tx.rollback().await?);
        }
        let now = self.webhooks.now();
        for step in steps {
            match step {
                Step::Announce(announcement) => {
                    announce::write(&mut tx, announcement, now).await?;
                    mail::write(&mut tx, announcement, now).await?;
                }
                Step::ForgetVideo(video) => {
                    announce::forget_video(&mut tx, *video).await?;
                    mail::forget_video(&mut tx, *video).await?;
                }
                Step::ForgetPerson(person) => {
                    announce::forget_person(&mut tx, *person).await?;
                    mail::forget_person(&mut tx, *person).await?;
                    preferences::forget_person(&mut tx, *person).await?;
                }
            }
        }
        tx.commit().await?;
        if !steps.is_empty() {
            self.webhooks.look_now();
            self.mails.look_now();
        }
        Ok(())
    }

    /// What follows from an event; none where it cannot be understood, which
    /// must keep nobody else from being told.
    async fn step(&self, recorded: RecordedEvent) -> Result<Option<Step>, NotificationError> {
        let stream = &recorded.stream;
        if stream.category == User::CATEGORY {
            let erased = UserEvent::restore(&recorded.event);
            let is_erased = matches!(erased, Ok(UserEvent::Erased { .. }));
            return Ok(is_erased.then_some(Step::ForgetPerson(UserId(stream.id))));
        }
        let event = match VideoEvent::restore(&recorded.event) {
            Ok(event) => event,
            Err(error) => {
                skip(recorded.position, &error);
                return Ok(None);
            }
        };
        if matches!(event, VideoEvent::Deleted {}) {
            return Ok(Some(Step::ForgetVideo(stream.id)));
        }
        let name = self.name_of(stream).await?;
        let notice = name.and_then(|name| Notice::of_video(&event, &name));
        Ok(notice.map(|notice| {
            Step::Announce(Box::new(Announcement {
                owner: recorded.metadata.owner,
                event: recorded,
                notice,
            }))
        }))
    }

    /// What a video is called now; none when it is gone.
    async fn name_of(&self, stream: &StreamName) -> Result<Option<String>, NotificationError> {
        let mut name = None;
        let mut from = 0;
        loop {
            let page = self.store.read_stream(stream, from, PAGE).await?;
            for recorded in &page {
                match VideoEvent::restore(&recorded.event) {
                    Ok(VideoEvent::Deleted {}) => return Ok(None),
                    Ok(event) => name = event.video_name().map(str::to_owned).or(name),
                    Err(error) => skip(recorded.position, &error),
                }
                from = recorded.revision + 1;
            }
            if page.len() < PAGE {
                return Ok(name);
            }
        }
    }
}

fn filter() -> Filter {
    let worth_telling = NotificationKind::ALL.iter().map(|kind| kind.caused_by());
    let ends = ["VideoDeleted", "UserErased"];
    Filter {
        categories: vec![Video::CATEGORY.to_owned(), User::CATEGORY.to_owned()],
        type_names: worth_telling.chain(ends).map(str::to_owned).collect(),
        ..Filter::default()
    }
}

fn skip(position: Position, error: &(dyn std::error::Error + 'static)) {
    tracing::error!(
        %position,
        error,
        "an event cannot be understood, and nobody is told of it"
    );
}
