//! Rebuilding, swapping and rolling back, on a real log.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use std::sync::Arc;

use domain::projection::{Comparison, Pace, ProjectionOrder, RebuildCause, Work};
use domain::video::VideoCommand;
use futures::StreamExt;
use projections::Projector;
use projections::rebuild::RebuildError;
use projections::version::{self, VersionState};
use projections::video::VideoProjector;
use support::Given;
use support::doubles::{FaultyLog, OtherLogic};
use tokio_util::sync::CancellationToken;

use VersionState::{Building, Live, Retired};

const ROLL_BACK: ProjectionOrder = ProjectionOrder::RollBack;

/// A log with videos in several states, followed to its end.
async fn some_videos() -> Given {
    let given = Given::an_empty_log().await;
    for number in 0..5 {
        given.illustrated_video(number).await;
    }
    for number in 5..30 {
        let video = given.request_video(number).await;
        match number % 3 {
            0 => drop(given.send(video, VideoCommand::Cancel).await),
            1 => drop(given.send(video, VideoCommand::Delete).await),
            _ => {}
        }
    }
    given.catch_up().await;
    given
}

#[tokio::test]
async fn a_rebuild_gives_the_rows_that_following_gave_and_keeps_the_old_ones() {
    let given = some_videos().await;
    let before = given.rows().await;
    let version = given.ask_for_rebuild().await;
    given.rebuild().await;

    assert_eq!(given.rows().await, before);
    assert_eq!(given.rows_in("projection_video_1").await, before);
    assert_eq!(given.versions().await, [(version, Live), (1, Retired)]);
    let live = &version::list(&given.pool(), "video").await.unwrap()[0];
    assert_eq!(live.comparison, Some(Comparison::Same));
    let state = given.projection("video").await;
    assert_eq!((state.live(), state.work()), (version, None));
}

#[tokio::test]
async fn what_happens_after_a_rebuild_is_followed_as_before() {
    let given = some_videos().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    let video = given.illustrated_video(100).await;
    given.catch_up().await;
    assert!(given.video(video).await.is_some());

    // As if it had never been rebuilt.
    let rows = given.rows().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    assert_eq!(given.rows().await, rows);
    assert_eq!(given.versions().await, [(3, Live), (2, Retired)]);
}

#[tokio::test]
async fn a_rollback_shows_the_version_before_with_all_that_happened_since() {
    let given = some_videos().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    let video = given.illustrated_video(100).await;
    given.catch_up().await;
    let rows = given.rows().await;

    given.order("video", ROLL_BACK).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(2, Retired), (1, Live)]);
    assert_eq!(given.rows().await, rows);
    given.send(video, VideoCommand::Cancel).await;
    given.catch_up().await;
    assert_ne!(given.rows().await, rows);

    given.order("video", ROLL_BACK).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(2, Live), (1, Retired)]);
    assert_eq!(given.projection("video").await.live(), 2);
}

#[tokio::test]
async fn tables_and_indexes_keep_their_names_through_a_swap() {
    let given = some_videos().await;
    let names = || async {
        let names = sqlx::query_scalar!(
            r#"SELECT indexdef AS "definition!" FROM pg_indexes
               WHERE schemaname = 'public' AND tablename IN ('videos', 'video_timeline')
               ORDER BY 1"#
        );
        names.fetch_all(&given.pool()).await.unwrap()
    };
    let before = names().await;
    given.ask_for_rebuild().await;
    given.rebuild().await;
    assert_eq!(names().await, before);
}

#[tokio::test]
async fn a_rebuild_tells_nobody_to_look_again() {
    let given = some_videos().await;
    let subject = given
        .subjects
        .any_changed("video", domain::UserId::LOCAL_OWNER);
    let mut hints = given.nats.subscribe(subject.clone()).await.unwrap();
    given.ask_for_rebuild().await;
    given.rebuild().await;

    given
        .nats
        .publish(subject.replace('*', "end"), "".into())
        .await
        .unwrap();
    let hint = hints.next().await.unwrap();
    assert!(hint.subject.ends_with(".end"), "{}", hint.subject);
}

#[tokio::test]
async fn a_builder_that_dies_at_any_read_is_gone_on_with() {
    let given = some_videos().await;
    let before = given.rows().await;
    let stop = CancellationToken::new();
    let mut deaths = 0;
    loop {
        let version = given.ask_for_rebuild().await;
        let log = FaultyLog::failing_after(given.log.clone(), deaths);
        let dying = given.rebuilder_with(Arc::<VideoProjector>::default(), log);
        let outcome = dying.look(&stop).await;
        if outcome.is_ok() {
            break;
        }
        assert!(
            matches!(outcome, Err(RebuildError::Store(_))),
            "{outcome:?}"
        );
        given.rebuild().await;
        assert_eq!(given.versions().await[0], (version, Live));
        assert_eq!(given.rows().await, before, "after {deaths} reads");
        deaths += 1;
    }
    assert!(deaths > 5, "{deaths}");
}

#[tokio::test]
async fn what_was_swapped_and_not_recorded_is_recorded_later() {
    let given = some_videos().await;
    let version = given.ask_for_rebuild().await;
    let log = FaultyLog::that_takes_nothing(given.log.clone());
    let silent = given.rebuilder_with(Arc::<VideoProjector>::default(), log);
    let outcome = silent.look(&CancellationToken::new()).await;
    assert!(
        matches!(outcome, Err(RebuildError::Append(_))),
        "{outcome:?}"
    );
    assert_eq!(given.versions().await[0], (version, Live));
    assert_eq!(given.projection("video").await.live(), 1);

    given.rebuild().await;
    let state = given.projection("video").await;
    assert_eq!((state.live(), state.work()), (version, None));
}

#[tokio::test]
async fn a_paused_rebuild_stands_still_and_a_cancelled_one_leaves_nothing() {
    let given = some_videos().await;
    let version = given.ask_for_rebuild().await;
    given.order("video", ProjectionOrder::Pause).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(1, Live)]);

    let resume = ProjectionOrder::Resume {
        accept_difference: false,
    };
    given.order("video", resume).await;
    let log = FaultyLog::failing_after(given.log.clone(), 4);
    let dying = given.rebuilder_with(Arc::<VideoProjector>::default(), log);
    dying.look(&CancellationToken::new()).await.unwrap_err();
    assert_eq!(given.versions().await, [(version, Building), (1, Live)]);

    given.order("video", ProjectionOrder::Cancel).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(1, Live)]);
    let schemas = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM pg_namespace WHERE nspname LIKE 'projection%'"#
    );
    assert_eq!(schemas.fetch_one(&given.pool()).await.unwrap(), 0);
    assert_eq!(given.ask_for_rebuild().await, version + 1);
}

#[tokio::test]
async fn rows_that_differ_are_not_swapped_in_until_an_admin_accepts_them() {
    let given = some_videos().await;
    sqlx::query("UPDATE videos SET status = 'lost' WHERE id = $1")
        .bind(support::id(0))
        .execute(&given.pool())
        .await
        .unwrap();
    let version = given.ask_for_rebuild().await;
    given.rebuild().await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(version, Building), (1, Live)]);
    let held = Work::Rebuild {
        version,
        logic: 1,
        pace: Pace::Held,
        accepts_difference: false,
    };
    assert_eq!(given.projection("video").await.work(), Some(held));

    let accept = ProjectionOrder::Resume {
        accept_difference: true,
    };
    given.order("video", accept).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(version, Live), (1, Retired)]);
    let live = &version::list(&given.pool(), "video").await.unwrap()[0];
    assert_eq!(live.comparison, Some(Comparison::Differs));
}

#[tokio::test]
async fn a_program_with_new_logic_rebuilds_by_itself_and_writes_no_row_before() {
    let given = some_videos().await;
    let before = given.rows().await;
    let later = given.request_video(200).await;
    let newer = OtherLogic::next();
    given.follower(newer.clone()).catch_up().await.unwrap();
    assert_eq!(given.rows().await, before);

    let rebuilder = given.rebuilder_with(newer.clone(), given.log.clone());
    rebuilder.look(&CancellationToken::new()).await.unwrap();
    assert!(given.video(later).await.is_some());
    let live = &version::list(&given.pool(), "video").await.unwrap()[0];
    assert_eq!((live.version, live.logic), (2, newer.logic()));
    assert_eq!(live.comparison, Some(Comparison::NotCompared));

    // The program before stands aside now, and builds nothing.
    given.request_video(201).await;
    let rows = given.rows().await;
    given.catch_up().await;
    given.rebuild().await;
    assert_eq!(given.rows().await, rows);
    given.follower(newer).catch_up().await.unwrap();
    assert_ne!(given.rows().await, rows);
}

#[tokio::test]
async fn the_program_before_leaves_a_rebuild_to_the_one_that_asked() {
    let given = some_videos().await;
    let order = ProjectionOrder::Rebuild {
        cause: RebuildCause::LogicChanged,
        logic: OtherLogic::next().logic(),
    };
    given.order("video", order).await;
    given.rebuild().await;
    assert_eq!(given.versions().await, [(1, Live)]);
    let newer = given.rebuilder_with(OtherLogic::next(), given.log.clone());
    newer.look(&CancellationToken::new()).await.unwrap();
    assert_eq!(given.versions().await, [(2, Live), (1, Retired)]);
}

#[tokio::test]
async fn the_program_before_rolls_its_own_version_back_in() {
    let given = some_videos().await;
    let newer = given.rebuilder_with(OtherLogic::next(), given.log.clone());
    newer.look(&CancellationToken::new()).await.unwrap();
    given.order("video", ROLL_BACK).await;
    newer.look(&CancellationToken::new()).await.unwrap();
    assert_eq!(given.versions().await, [(2, Live), (1, Retired)]);

    given.rebuild().await;
    assert_eq!(given.versions().await, [(2, Retired), (1, Live)]);
}

#[tokio::test]
async fn a_follower_that_read_before_a_swap_writes_nothing_after_it() {
    let given = some_videos().await;
    given.request_video(300).await;
    given.ask_for_rebuild().await;
    let before = (checkpoint(&given).await, given.rows().await);
    assert_eq!(before.0.0, 1);

    let rebuilder = given.rebuilder();
    let swap = async move {
        let stop = CancellationToken::new();
        rebuilder.look(&stop).await.unwrap();
    };
    let log = FaultyLog::with_one_read(given.log.clone(), swap);
    let slow = given.follower_on(log);
    // It finds itself overtaken, and reads again, which fails.
    slow.catch_up().await.unwrap_err();
    let after = checkpoint(&given).await;
    assert_eq!(after, (2, before.0.1));
    assert_eq!(given.rows().await, before.1);
}

#[tokio::test]
async fn several_processes_asked_at_once_build_one_version() {
    let given = some_videos().await;
    let before = given.rows().await;
    let version = given.ask_for_rebuild().await;
    let looking = (0..3).map(|_| {
        let rebuilder = given.rebuilder();
        tokio::spawn(async move { rebuilder.look(&CancellationToken::new()).await })
    });
    for looked in looking.collect::<Vec<_>>() {
        looked.await.unwrap().unwrap();
    }
    assert_eq!(given.versions().await, [(version, Live), (1, Retired)]);
    assert_eq!(given.rows().await, before);
}

async fn checkpoint(given: &Given) -> (i32, i64) {
    let row = sqlx::query!("SELECT version, position FROM checkpoints WHERE name = 'video'");
    let row = row.fetch_one(&given.pool()).await.unwrap();
    (row.version, row.position)
}
