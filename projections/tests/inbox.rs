//! An inbox is a fold of the log: followed, followed again, or built anew, it
//! tells the same, once, and remembers what was read.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use domain::inbox::{Inbox, InboxCommand};
use domain::projection::{ProjectionOrder, RebuildCause};
use domain::video::VideoCommand;
use domain::video::output::StageResult;
use domain::{Failure, FailureClass, NotificationId, NotificationKind, Stage, UserId, VideoId};
use event_store::Position;
use projections::notification::{
    NOTIFICATIONS, NotificationFilter, NotificationProjector, NotificationQueries, NotificationView,
};
use projections::{Change, PageRequest, version};
use std::sync::Arc;
use support::{Given, id, script};
use tokio_util::sync::CancellationToken;

const ME: UserId = UserId::LOCAL_OWNER;
const UNREAD: NotificationFilter = NotificationFilter { unread_only: true };
const ALL: NotificationFilter = NotificationFilter { unread_only: false };

fn queries(given: &Given) -> NotificationQueries {
    NotificationQueries::new(given.pool())
}

async fn inbox(given: &Given, filter: NotificationFilter) -> Vec<NotificationView> {
    let page = PageRequest {
        limit: 100,
        after: None,
    };
    queries(given).page(ME, filter, page).await.unwrap().items
}

async fn changes_after(given: &Given, after: Position) -> Vec<Change<NotificationView>> {
    queries(given).changes_after(ME, after, 100).await.unwrap()
}

async fn fail(given: &Given, video: VideoId, stage: Stage, attempt: u32) {
    given.start(video, stage, attempt).await;
    let fail = VideoCommand::FailStage {
        stage,
        attempt,
        failure: Failure {
            class: FailureClass::UserFixable,
            code: "unauthorized".to_owned(),
            message: "correct the key".to_owned(),
            retry_after_ms: None,
        },
        at: chrono::DateTime::UNIX_EPOCH,
        jitter: 0.0,
    };
    given.send(video, fail).await;
}

/// One that failed before it had a title.
async fn failed_video(given: &Given, number: u128) -> VideoId {
    let video = given.request_video(number).await;
    fail(given, video, Stage::Script, 1).await;
    video
}

async fn mark_read(given: &Given, notifications: &[NotificationId]) {
    let mark = InboxCommand::MarkRead {
        owner: ME,
        notifications: notifications.to_vec(),
    };
    given.tell::<Inbox>(ME.0, mark).await;
}

/// Three notifications, the oldest of which was read.
async fn an_inbox() -> Given {
    let given = Given::an_empty_log().await;
    for number in 1..=3 {
        failed_video(&given, number).await;
    }
    given.catch_up().await;
    let oldest = inbox(&given, ALL).await.pop().unwrap().id;
    mark_read(&given, &[oldest]).await;
    given.catch_up().await;
    given
}

#[tokio::test]
async fn a_failure_is_told_by_the_name_that_the_video_has_by_then() {
    let given = Given::an_empty_log().await;
    failed_video(&given, 1).await;
    let titled = given.request_video(2).await;
    given.start(titled, Stage::Script, 1).await;
    let written = VideoCommand::CompleteStage {
        attempt: 1,
        result: StageResult::Script(script()),
    };
    given.send(titled, written).await;
    fail(&given, titled, Stage::Speech, 1).await;
    given.catch_up().await;

    let told = inbox(&given, ALL).await;
    let titles: Vec<_> = told.iter().map(|one| one.notice.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "“Three hearts” failed in speech",
            "“Topic 1” failed in script"
        ]
    );
    assert_eq!(told[0].notice.kind, NotificationKind::VideoFailed);
    assert_eq!(told[0].notice.text, "correct the key");
    assert_eq!(told[0].video, titled);
    assert_eq!(told[0].read_at, None);
}

#[tokio::test]
async fn what_was_read_stays_read_and_nothing_is_told_twice_when_the_log_is_followed_again() {
    let given = an_inbox().await;
    let before = inbox(&given, ALL).await;
    assert_eq!(inbox(&given, UNREAD).await.len(), 2);
    given.rewind().await;
    given.catch_up().await;
    assert_eq!(inbox(&given, ALL).await, before);
}

#[tokio::test]
async fn a_rebuild_gives_the_same_inbox_with_the_same_read() {
    let given = an_inbox().await;
    let before = inbox(&given, ALL).await;
    let end = queries(&given).position().await.unwrap().unwrap();
    let order = ProjectionOrder::Rebuild {
        cause: RebuildCause::Asked,
        logic: 1,
    };
    given.order(NOTIFICATIONS, order).await;
    let rebuilder = given.rebuilder_with(Arc::new(NotificationProjector), given.log.clone());
    rebuilder.look(&CancellationToken::new()).await.unwrap();

    let pool = given.pool();
    let versions = version::list(&pool, NOTIFICATIONS).await.unwrap();
    assert_eq!(versions[0].version, 2);
    assert_eq!(inbox(&given, ALL).await, before);
    // Who follows changes is told nothing anew.
    assert!(changes_after(&given, end).await.is_empty());
}

#[tokio::test]
async fn what_is_told_of_a_deleted_video_goes_with_it_and_followers_hear_of_that_once() {
    let given = an_inbox().await;
    let video = VideoId(id(1));
    // Told twice of one video.
    given.send(video, VideoCommand::Retry).await;
    fail(&given, video, Stage::Script, 2).await;
    given.catch_up().await;
    assert_eq!(inbox(&given, ALL).await.len(), 4);
    let at = queries(&given).position().await.unwrap().unwrap();

    given.send(video, VideoCommand::Delete).await;
    given.catch_up().await;
    let left = inbox(&given, ALL).await;
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|one| one.video != video));
    let changes = changes_after(&given, at).await;
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].id, changes[0].view.is_none()), (video.0, true));
}

#[tokio::test]
async fn changes_are_followed_one_by_one_even_where_many_are_marked_at_once() {
    let given = an_inbox().await;
    let at = queries(&given).position().await.unwrap().unwrap();
    let ids: Vec<_> = inbox(&given, UNREAD)
        .await
        .iter()
        .map(|one| one.id)
        .collect();
    mark_read(&given, &ids).await;
    given.catch_up().await;
    let changes = changes_after(&given, at).await;
    let positions: Vec<_> = changes.iter().map(|one| one.position.value).collect();
    assert_eq!(positions, [at.value + 1, at.value + 2]);
    assert_eq!(inbox(&given, UNREAD).await, []);
}

#[tokio::test]
async fn an_inbox_is_its_owners_alone() {
    let given = an_inbox().await;
    let stranger = UserId(id(99));
    let ids: Vec<_> = inbox(&given, ALL).await.iter().map(|one| one.id).collect();
    let queries = queries(&given);
    assert!(queries.known(stranger, &ids).await.unwrap().is_empty());
    assert_eq!(queries.count(stranger, ALL).await.unwrap(), 0);
    assert_eq!(queries.known(ME, &ids).await.unwrap().len(), ids.len());
    // Marked by somebody else, it is not read.
    let mark = InboxCommand::MarkRead {
        owner: stranger,
        notifications: ids,
    };
    given.tell_as::<Inbox>(stranger, stranger.0, mark).await;
    given.catch_up().await;
    assert_eq!(inbox(&given, UNREAD).await.len(), 2);
}
