//! Followers, read models and queries on a real log.

mod support;

use domain::video::VideoCommand;
use domain::{Stage, UserId, VideoId};
use projections::video::{StageState, VideoFilter, VideoQueries, VideoStatus};
use projections::{PageRequest, checkpoint};
use support::{Given, id, script};
use uuid::Uuid;

use domain::video::output::StageResult;

#[tokio::test]
async fn a_video_is_shown_as_far_as_it_has_come() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    given.catch_up().await;
    let seen = given.video(video).await.unwrap();
    assert_eq!(seen.status, VideoStatus::Queued);

    given.start(video, Stage::Script, 1).await;
    let completed = VideoCommand::CompleteStage {
        attempt: 1,
        result: StageResult::Script(script()),
    };
    given.send(video, completed).await;
    given.start(video, Stage::Speech, 1).await;
    given.catch_up().await;

    let seen = given.video(video).await.unwrap();
    assert_eq!(seen.status, VideoStatus::Generating);
    assert_eq!(seen.stage, Some(Stage::Speech));
    assert_eq!(seen.script, Some(script()));
    let states: Vec<_> = seen.stages.iter().map(|stage| stage.state).collect();
    assert_eq!(
        states[..3],
        [StageState::Done, StageState::Running, StageState::Pending]
    );
}

#[tokio::test]
async fn several_followers_of_one_projection_apply_each_event_once() {
    let given = Given::an_empty_log().await;
    let mut videos = Vec::new();
    for number in 0..30 {
        videos.push(given.request_video(number).await);
    }
    let racing = (0..4).map(|_| {
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
    for video in videos {
        let timeline = given.timeline(video).await;
        assert_eq!(timeline.len(), 1, "{timeline:?}");
    }
}

#[tokio::test]
async fn a_read_model_built_from_zero_equals_the_one_that_followed_live() {
    let given = Given::an_empty_log().await;
    let video = given.illustrated_video(1).await;
    given.catch_up().await;
    let cancelled = given.request_video(2).await;
    given.send(cancelled, VideoCommand::Cancel).await;
    given.catch_up().await;
    let live = (given.video(video).await, given.video(cancelled).await);

    given.forget_everything_read().await;
    assert_eq!(given.video(video).await, None);
    given.catch_up().await;

    let rebuilt = (given.video(video).await, given.video(cancelled).await);
    assert_eq!(rebuilt, live);
}

#[tokio::test]
async fn events_applied_again_change_nothing() {
    let given = Given::an_empty_log().await;
    let video = given.illustrated_video(1).await;
    given.catch_up().await;
    let once = (given.video(video).await, given.timeline(video).await);

    given.rewind().await;
    given.catch_up().await;

    assert_eq!(
        (given.video(video).await, given.timeline(video).await),
        once
    );
}

#[tokio::test]
async fn a_deleted_video_leaves_nothing_to_read() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    given.catch_up().await;
    given.send(video, VideoCommand::Delete).await;
    given.catch_up().await;
    assert_eq!(given.video(video).await, None);
    assert!(given.timeline(video).await.is_empty());
}

#[tokio::test]
async fn nobody_reads_what_belongs_to_another() {
    let given = Given::an_empty_log().await;
    let video = given.illustrated_video(1).await;
    given.catch_up().await;
    let stranger = UserId(id(404));
    let queries = VideoQueries::new(given.pool());

    assert_eq!(queries.by_id(stranger, video).await.unwrap(), None);
    assert!(
        queries
            .timeline(stranger, video, None, 100)
            .await
            .unwrap()
            .is_empty()
    );
    let everything = PageRequest {
        limit: 100,
        after: None,
    };
    let page = queries
        .page(stranger, &VideoFilter::default(), everything)
        .await
        .unwrap();
    assert!(page.items.is_empty());
    assert_eq!(
        queries
            .count(stranger, &VideoFilter::default())
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn pages_hold_every_video_once_newest_first() {
    let given = Given::an_empty_log().await;
    for number in 0..25 {
        given.request_video(number).await;
    }
    given.catch_up().await;
    let queries = VideoQueries::new(given.pool());
    let mut seen: Vec<VideoId> = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { limit: 10, after };
        let page = queries
            .page(UserId::LOCAL_OWNER, &VideoFilter::default(), request)
            .await
            .unwrap();
        seen.extend(page.items.iter().map(|video| video.id));
        let last = page.items.last().unwrap();
        after = Some(projections::Cursor {
            at: last.requested_at,
            id: last.id.0,
        });
        if !page.has_next {
            break;
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|n| VideoId(Uuid::from_u128(n))).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_list_is_narrowed_by_status() {
    let given = Given::an_empty_log().await;
    let cancelled = given.request_video(1).await;
    given.request_video(2).await;
    given.send(cancelled, VideoCommand::Cancel).await;
    given.catch_up().await;
    let filter = VideoFilter {
        status: Some(VideoStatus::Cancelled),
        ..VideoFilter::default()
    };
    let request = PageRequest {
        limit: 10,
        after: None,
    };
    let page = VideoQueries::new(given.pool())
        .page(UserId::LOCAL_OWNER, &filter, request)
        .await
        .unwrap();
    let ids: Vec<_> = page.items.iter().map(|video| video.id).collect();
    assert_eq!(ids, [cancelled]);
}

#[tokio::test]
async fn who_waits_for_a_position_sees_what_was_written_there() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    let dispatched = given.send(video, VideoCommand::Cancel).await;
    let position = dispatched.position.unwrap();
    let waiting = tokio::spawn({
        let watermarks = given.watermarks.clone();
        let wait = std::time::Duration::from_secs(20);
        async move {
            watermarks
                .wait_for(projections::video::VIDEOS, position, wait)
                .await
        }
    });
    given.catch_up().await;
    waiting.await.unwrap().unwrap();
    assert_eq!(
        given.video(video).await.unwrap().status,
        VideoStatus::Cancelled
    );
}

#[tokio::test]
async fn who_waits_for_a_position_of_another_log_is_told_so() {
    let given = Given::an_empty_log().await;
    given.request_video(1).await;
    given.catch_up().await;
    let elsewhere = event_store::Position::start(id(9));
    let error = given
        .watermarks
        .wait_for(
            projections::video::VIDEOS,
            elsewhere,
            std::time::Duration::from_secs(5),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(error, projections::Lagging::OtherEpoch { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_checkpoint_moves_only_for_who_read_it_last() {
    let given = Given::an_empty_log().await;
    let video = given.request_video(1).await;
    given.catch_up().await;
    given.send(video, VideoCommand::Cancel).await;
    let pool = given.pool();
    let from = checkpoint::load(&pool, "video").await.unwrap().unwrap();
    let to = event_store::Position {
        value: from.value + 1,
        ..from
    };

    let mut first = pool.begin().await.unwrap();
    assert!(
        checkpoint::advance(&mut first, "video", from, to)
            .await
            .unwrap()
    );
    first.commit().await.unwrap();

    let mut second = pool.begin().await.unwrap();
    assert!(
        !checkpoint::advance(&mut second, "video", from, to)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_timeline_tells_what_happened_in_sentences() {
    let given = Given::an_empty_log().await;
    let video = given.illustrated_video(1).await;
    given.catch_up().await;
    let sentences: Vec<_> = given
        .timeline(video)
        .await
        .into_iter()
        .map(|entry| entry.summary)
        .collect();
    assert_eq!(
        sentences,
        [
            "Requested: Topic 1",
            "Script started",
            "Script written by offline (test): “Three hearts”, 20 words",
            "Speech started",
            "Spoken by offline (test) in 10.0 s, 20 words",
            "Cut into 2 scenes",
            "Images started",
            "Picture of scene 1 drawn by offline (test)",
        ]
    );
}
