//! Events that cannot be applied, and what becomes of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use std::sync::Arc;

use domain::projection::{ProjectionOrder, SkipReason};
use domain::video::VideoCommand;
use domain::{Stage, StoredEvent, VideoId};
use event_store::{
    Actor, Append, EventStore, ExpectedRevision, Metadata, NewEvent, Position, StreamName,
};
use projections::parking::{ParkedEvent, ParkedQueries};
use projections::video::VideoProjector;
use projections::video::VideoStatus;
use support::doubles::CutOff;
use support::{Given, id};
use uuid::Uuid;

fn stream(video: VideoId) -> StreamName {
    StreamName::new("video", video.0)
}

/// Appends an event of `type_name` to a video's stream, past its rules.
async fn append(given: &Given, video: VideoId, type_name: &str, data: serde_json::Value) -> Uuid {
    let stream = stream(video);
    let revisions = given.log.read_stream(&stream, 0, 1_000).await.unwrap();
    let last = revisions.last().map(|last| last.revision);
    let event = Uuid::new_v5(&video.0, &revisions.len().to_be_bytes());
    let append = Append {
        stream,
        expected: ExpectedRevision::after(last),
        events: vec![NewEvent {
            id: event,
            event: StoredEvent {
                type_name: type_name.to_owned(),
                schema_version: 1,
                data,
            },
        }],
        metadata: Metadata {
            command_id: event,
            correlation_id: event,
            causation_id: None,
            actor: Actor::System {
                name: "test".to_owned(),
            },
            origin: None,
            owner: domain::UserId::LOCAL_OWNER,
            occurred_at: chrono::DateTime::UNIX_EPOCH,
            traceparent: None,
        },
    };
    given.log.append(append).await.unwrap();
    event
}

/// An event that only a program to come understands.
async fn poison(given: &Given, video: VideoId) -> Uuid {
    append(given, video, "VideoTranslated", serde_json::json!({})).await
}

/// An event that every program understands.
async fn started(given: &Given, video: VideoId) -> Uuid {
    let data = serde_json::json!({ "stage": "script", "attempt": 1 });
    append(given, video, "StageStarted", data).await
}

/// An event that is not what the log writes.
async fn corrupt(given: &Given, video: VideoId) {
    let revisions = given.log.read_stream(&stream(video), 0, 10).await.unwrap();
    sqlx::query(
        "INSERT INTO events (position, stream_category, stream_id, revision, event_id, command_id,
             command_part, type_name, schema_version, data, metadata)
         SELECT max(position) + 1, 'video', $1, $2, $3, $3, 0, 'VideoReady', 1, '{}', '[]'
         FROM events",
    )
    .bind(video.0)
    .bind(revisions.len() as i64)
    .bind(id(9_999))
    .execute(&given.pool())
    .await
    .unwrap();
}

async fn parked(given: &Given) -> Vec<ParkedEvent> {
    let queries = ParkedQueries::new(given.pool());
    queries.page("video", None, 100).await.unwrap()
}

async fn retry(given: &Given, video: VideoId) {
    let stream = stream(video).to_string();
    given
        .order("video", ProjectionOrder::RetryParked { stream })
        .await;
    given.catch_up().await;
}

async fn skip(given: &Given, video: VideoId, event_id: Uuid) {
    let skip = ProjectionOrder::SkipParked {
        stream: stream(video).to_string(),
        event_id,
        reason: SkipReason::try_new("it is a test").unwrap(),
    };
    given.order("video", skip).await;
    given.catch_up().await;
}

async fn status(given: &Given, video: VideoId) -> VideoStatus {
    given.video(video).await.unwrap().status
}

#[tokio::test]
async fn an_event_that_cannot_be_understood_holds_up_its_own_stream_alone() {
    let given = Given::an_empty_log().await;
    let (sick, well) = (given.request_video(1).await, given.request_video(2).await);
    let bad = poison(&given, sick).await;
    let behind = started(&given, sick).await;
    given.send(well, VideoCommand::Cancel).await;
    given.catch_up().await;

    assert_eq!(status(&given, well).await, VideoStatus::Cancelled);
    assert_eq!(status(&given, sick).await, VideoStatus::Queued);
    let parked = parked(&given).await;
    let ids: Vec<_> = parked.iter().map(|it| it.id).collect();
    assert_eq!(ids, [bad, behind]);
    let problem = parked[0].problem.as_deref().unwrap();
    assert!(
        problem.contains("\"VideoTranslated\" is unknown"),
        "{problem}"
    );
    assert_eq!(parked[1].problem, None);

    // Later pages, too.
    let later = started(&given, sick).await;
    let last = given.request_video(3).await;
    given.catch_up().await;
    assert_eq!(self::parked(&given).await[2].id, later);
    assert!(given.video(last).await.is_some());
}

#[tokio::test]
async fn a_corrupt_event_holds_up_its_own_stream_alone() {
    let given = Given::an_empty_log().await;
    let (sick, well) = (given.request_video(1).await, given.request_video(2).await);
    corrupt(&given, sick).await;
    given.send(well, VideoCommand::Cancel).await;
    given.catch_up().await;
    assert_eq!(status(&given, well).await, VideoStatus::Cancelled);
    let parked = parked(&given).await;
    let problem = parked[0].problem.as_deref().unwrap();
    assert!(
        problem.contains("metadata is not what the log writes"),
        "{problem}"
    );

    retry(&given, sick).await;
    assert_eq!(self::parked(&given).await, parked);
    skip(&given, sick, id(9_999)).await;
    assert_eq!(self::parked(&given).await, []);
}

#[tokio::test]
async fn a_value_that_postgres_refuses_is_parked_and_nothing_else_is() {
    let given = Given::an_empty_log().await;
    let (sick, well) = (given.request_video(1).await, given.request_video(2).await);
    given.catch_up().await;
    sqlx::raw_sql("ALTER TABLE videos ADD CHECK (status <> 'cancelled')")
        .execute(&given.pool())
        .await
        .unwrap();
    given.send(sick, VideoCommand::Cancel).await;
    started(&given, well).await;
    given.catch_up().await;
    assert_eq!(status(&given, well).await, VideoStatus::Generating);
    assert_eq!(parked(&given).await.len(), 1);

    sqlx::raw_sql("ALTER TABLE videos DROP CONSTRAINT videos_status_check")
        .execute(&given.pool())
        .await
        .unwrap();
    retry(&given, sick).await;
    assert_eq!(status(&given, sick).await, VideoStatus::Cancelled);
    assert_eq!(parked(&given).await, []);
}

#[tokio::test]
async fn what_is_tried_again_is_applied_in_order_and_only_once() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    given.catch_up().await;
    sqlx::raw_sql("ALTER TABLE video_timeline ADD CHECK (revision < 1)")
        .execute(&given.pool())
        .await
        .unwrap();
    given
        .send(
            video,
            VideoCommand::StartStage {
                stage: Stage::Script,
                attempt: 1,
            },
        )
        .await;
    given.send(video, VideoCommand::Cancel).await;
    given.send(video, VideoCommand::Retry).await;
    given.catch_up().await;
    assert_eq!(parked(&given).await.len(), 3);

    sqlx::raw_sql("ALTER TABLE video_timeline DROP CONSTRAINT video_timeline_revision_check")
        .execute(&given.pool())
        .await
        .unwrap();
    let stream = stream(video).to_string();
    given
        .order("video", ProjectionOrder::RetryParked { stream })
        .await;
    let racing = (0..3).map(|_| {
        let followers = given.followers();
        tokio::spawn(async move {
            for follower in followers {
                follower.catch_up().await.unwrap();
            }
        })
    });
    for follower in racing.collect::<Vec<_>>() {
        follower.await.unwrap();
    }
    assert_eq!(parked(&given).await, []);
    let rows = given.rows().await;
    given.forget_everything_read().await;
    given.catch_up().await;
    assert_eq!(given.rows().await, rows);
}

#[tokio::test]
async fn what_fails_again_stays_and_so_does_what_is_behind_it() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    poison(&given, video).await;
    started(&given, video).await;
    given.catch_up().await;
    let before = parked(&given).await;
    retry(&given, video).await;
    assert_eq!(parked(&given).await, before);
}

#[tokio::test]
async fn a_skipped_event_lets_those_behind_it_through_and_stays_skipped() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    let first = poison(&given, video).await;
    let second = poison(&given, video).await;
    started(&given, video).await;
    given.catch_up().await;

    skip(&given, video, first).await;
    let waiting = parked(&given).await;
    assert_eq!(waiting[0].id, second);
    assert!(waiting[0].problem.is_some());
    skip(&given, video, second).await;
    assert_eq!(parked(&given).await, []);
    assert_eq!(status(&given, video).await, VideoStatus::Generating);

    let rows = given.rows().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    assert_eq!(given.versions().await[0].0, 2);
    assert_eq!(given.rows().await, rows);
    assert_eq!(parked(&given).await, []);
}

#[tokio::test]
async fn a_rebuild_parks_what_it_cannot_take_in_its_own_version() {
    let given = Given::an_empty_log().await;
    for number in 0..20 {
        let video = given.request_video(number).await;
        if number % 5 == 0 {
            poison(&given, video).await;
            started(&given, video).await;
        }
    }
    given.catch_up().await;
    let before: Vec<_> = parked(&given).await.iter().map(|it| it.id).collect();
    let rows = given.rows().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    assert_eq!(given.versions().await[0].0, 2);
    assert_eq!(given.rows().await, rows);
    let after: Vec<_> = parked(&given).await.iter().map(|it| it.id).collect();
    assert_eq!(after, before);
    assert_eq!(after.len(), 8);
}

#[tokio::test]
async fn parked_events_are_read_in_pages_in_the_order_of_the_log() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    poison(&given, video).await;
    for _ in 0..4 {
        started(&given, video).await;
    }
    given.catch_up().await;
    let queries = ParkedQueries::new(given.pool());
    let mut after: Option<Position> = None;
    let mut seen = Vec::new();
    loop {
        let page = queries.page("video", after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.position);
        seen.extend(page.iter().map(|it| it.revision));
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    let first = queries.first_of("video", &stream(video)).await.unwrap();
    assert_eq!(first.unwrap().revision, 1);
}

#[tokio::test]
async fn a_lost_connection_parks_nothing_and_passes_nothing_by() {
    let given = Given::an_empty_log().await;
    given.catch_up().await;
    let video = given.request_video(1).await;
    let cut_off = Arc::new(CutOff(VideoProjector::default()));
    given.follower(cut_off).catch_up().await.unwrap_err();
    assert_eq!(parked(&given).await, []);
    given.catch_up().await;
    assert!(given.video(video).await.is_some());
}
