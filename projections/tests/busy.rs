//! Rebuilds while others write and read.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use domain::projection::{ProjectionOrder, RebuildCause};
use domain::video::VideoCommand;
use domain::{UserId, VideoId};
use projections::PageRequest;
use projections::video::{VideoFilter, VideoQueries};
use support::Given;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Swaps in all: rebuilds, each followed by a rollback.
const SWAPS: u32 = 6;

/// Reads whatever there is, again and again: no video that was seen is ever
/// missing, and no query fails.
async fn read(queries: VideoQueries, stop: CancellationToken) -> usize {
    let mut seen: HashSet<VideoId> = HashSet::new();
    let mut reads = 0;
    let all = PageRequest {
        limit: 10_000,
        after: None,
    };
    while !stop.is_cancelled() {
        let owner = UserId::LOCAL_OWNER;
        let page = queries
            .page(owner, &VideoFilter::default(), all)
            .await
            .unwrap();
        let now: HashSet<_> = page.items.iter().map(|video| video.id).collect();
        assert_eq!(seen.difference(&now).next(), None, "a video went missing");
        if let Some(video) = page.items.first() {
            assert!(queries.by_id(owner, video.id).await.unwrap().is_some());
            assert!(
                !queries
                    .timeline(owner, video.id, None, 10)
                    .await
                    .unwrap()
                    .is_empty()
            );
        }
        seen = now;
        reads += 1;
    }
    reads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_writers_notice_nothing_of_swaps() {
    let given = Arc::new(Given::an_empty_log().await);
    for number in 0..50 {
        given.request_video(number).await;
    }
    given.catch_up().await;
    let stop = CancellationToken::new();
    let pool = event_store::database::connect(given.database_url(), 8)
        .await
        .unwrap();
    let mut readers = JoinSet::new();
    for _ in 0..3 {
        readers.spawn(read(VideoQueries::new(pool.clone()), stop.clone()));
    }
    let mut work = JoinSet::new();
    for follower in given.followers().into_iter().chain(given.followers()) {
        work.spawn(follower.run(stop.clone()));
    }
    let writer = tokio::spawn({
        let (given, stop) = (Arc::clone(&given), stop.clone());
        async move {
            let mut number = 1_000;
            while !stop.is_cancelled() {
                let video = given.request_video(number).await;
                given.send(video, VideoCommand::Cancel).await;
                number += 1;
            }
        }
    });

    let rebuilder = given.rebuilder();
    let mut live = given.projection("video").await.live();
    for swap in 0..SWAPS {
        let order = match swap % 2 {
            0 => ProjectionOrder::Rebuild {
                cause: RebuildCause::Asked,
                logic: 1,
            },
            _ => ProjectionOrder::RollBack,
        };
        given.order("video", order).await;
        let before = live;
        while live == before {
            rebuilder.look(&stop).await.unwrap();
            live = given.projection("video").await.live();
        }
    }
    stop.cancel();
    writer.await.unwrap();
    let reads: usize = readers.join_all().await.into_iter().sum();
    assert!(reads > SWAPS as usize, "{reads}");
    work.join_all().await;

    given.catch_up().await;
    let rows = given.rows().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    assert_eq!(given.rows().await, rows);
}

#[tokio::test]
async fn a_swap_that_a_long_read_holds_up_is_tried_again() {
    let given = Given::an_empty_log().await;
    given.request_video(1).await;
    given.catch_up().await;
    let version = given.ask_for_rebuild().await;

    let mut reading = given.pool().begin().await.unwrap();
    sqlx::query("SELECT count(*) FROM videos")
        .execute(&mut *reading)
        .await
        .unwrap();
    let rebuilder = given.rebuilder();
    let stop = CancellationToken::new();
    let rebuild = tokio::spawn(async move { rebuilder.look(&stop).await });
    let waits =
        "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'";
    let queries = VideoQueries::new(given.pool());
    let all = VideoFilter::default();
    for _ in 0..2 {
        while !sqlx::query_scalar::<_, bool>(waits)
            .fetch_one(&given.pool())
            .await
            .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // Whoever reads meanwhile waits for the swap to give up, and no longer.
        let seen = queries.count(UserId::LOCAL_OWNER, &all).await.unwrap();
        assert_eq!(seen, 1);
    }
    reading.commit().await.unwrap();
    rebuild.await.unwrap().unwrap();
    assert_eq!(given.projection("video").await.live(), version);
}
