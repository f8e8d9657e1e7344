//! What JetStream lost is found by comparing, and told again.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::video::VideoCommand;
use domain::{Clock, Failure, FailureClass, Stage, VideoId};
use projections::{Reconciler, ReconcilerConfig, Resent};
use support::Given;

const UNSTARTED_S: i64 = 30;

/// A log of which everything was relayed and read.
struct Lost {
    given: Given,
    now_s: Arc<HandClock>,
    reconciler: Reconciler,
}

/// Seconds since 1970; the log's own clock is within a minute of that.
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(self.0.load(Ordering::Relaxed))
    }
}

impl Lost {
    async fn nothing_yet() -> Self {
        let given = Given::an_empty_log().await;
        let now_s = Arc::new(HandClock(AtomicI64::new(0)));
        let config = ReconcilerConfig {
            unstarted_after: Duration::from_secs(UNSTARTED_S as u64),
            ..Default::default()
        };
        let reconciler = given.reconciler(now_s.clone(), config);
        Self {
            given,
            now_s,
            reconciler,
        }
    }

    async fn everything_told(&self) {
        self.given.catch_up().await;
        self.given.relay().catch_up().await.unwrap();
    }

    /// Messages go, and JetStream still knows their ids.
    async fn purge(&self) {
        let stream = self.given.subjects.stream_name();
        let stream = self.given.jetstream().get_stream(stream).await.unwrap();
        stream.purge().await.unwrap();
    }

    async fn wipe(&self) {
        let stream = self.given.subjects.stream_name();
        self.given.jetstream().delete_stream(stream).await.unwrap();
    }

    fn at(&self, seconds: i64) {
        self.now_s.0.store(seconds, Ordering::Relaxed);
    }

    async fn sweep(&self) -> Resent {
        let deaf = self.reconciler.heartbeats();
        self.reconciler.sweep(&deaf).await.unwrap()
    }

    async fn resent(&self) -> Vec<(VideoId, Stage)> {
        self.sweep().await.stages
    }

    async fn messages(&self) -> u64 {
        let stream = self.given.subjects.stream_name();
        let stream = self.given.jetstream().get_stream(stream).await.unwrap();
        stream.get_info().await.unwrap().state.messages
    }
}

#[tokio::test]
async fn what_jetstream_holds_is_not_sent_again_however_long_it_waits() {
    let lost = Lost::nothing_yet().await;
    lost.given.request_video(1).await;
    lost.everything_told().await;
    lost.at(1_000_000);
    assert_eq!(lost.resent().await, []);
}

#[tokio::test]
async fn a_message_that_was_lost_is_sent_again_once_it_is_overdue_and_again_when_that_is_lost() {
    let lost = Lost::nothing_yet().await;
    let video = lost.given.request_video(1).await;
    lost.everything_told().await;
    lost.purge().await;
    lost.at(UNSTARTED_S - 1);
    assert_eq!(lost.resent().await, []);
    for _ in 0..3 {
        lost.at(1_000);
        assert_eq!(lost.resent().await, [(video, Stage::Script)]);
        assert_eq!(lost.messages().await, 1);
        assert_eq!(lost.resent().await, []);
        lost.purge().await;
    }
}

#[tokio::test]
async fn an_event_that_is_not_relayed_yet_is_left_to_the_relay() {
    let lost = Lost::nothing_yet().await;
    lost.given.request_video(1).await;
    lost.given.catch_up().await;
    lost.at(1_000);
    assert_eq!(lost.resent().await, []);
}

#[tokio::test]
async fn a_stage_that_waits_for_its_next_attempt_is_not_hurried() {
    let lost = Lost::nothing_yet().await;
    let video = lost.given.request_video(1).await;
    lost.given.start(video, Stage::Script, 1).await;
    let fail = VideoCommand::FailStage {
        stage: Stage::Script,
        attempt: 1,
        failure: Failure {
            class: FailureClass::Retryable,
            code: "unavailable".to_owned(),
            message: "the voice is away".to_owned(),
            retry_after_ms: Some(5_000_000),
        },
        at: DateTime::UNIX_EPOCH,
        jitter: 0.0,
    };
    lost.given.send(video, fail).await;
    lost.everything_told().await;
    lost.purge().await;
    lost.at(4_999);
    assert_eq!(lost.resent().await, []);
    lost.at(5_000 + UNSTARTED_S);
    assert_eq!(lost.resent().await, [(video, Stage::Script)]);
}

#[tokio::test]
async fn what_may_be_worked_on_is_left_alone() {
    let lost = Lost::nothing_yet().await;
    let video = lost.given.request_video(1).await;
    lost.given.start(video, Stage::Script, 1).await;
    lost.everything_told().await;
    lost.purge().await;
    lost.at(1_000_000);
    assert_eq!(lost.resent().await, []);
}

#[tokio::test]
async fn a_video_that_ended_is_not_taken_up_though_the_read_model_lags() {
    let lost = Lost::nothing_yet().await;
    let cancelled = lost.given.request_video(1).await;
    let deleted = lost.given.request_video(2).await;
    lost.everything_told().await;
    lost.purge().await;
    lost.given.send(cancelled, VideoCommand::Cancel).await;
    lost.given.send(deleted, VideoCommand::Delete).await;
    lost.at(1_000_000);
    assert_eq!(lost.resent().await, []);
}

#[tokio::test]
async fn a_stream_that_was_made_anew_is_noticed_and_nothing_is_waited_for() {
    let lost = Lost::nothing_yet().await;
    let due = lost.given.request_video(1).await;
    let deleted = lost.given.request_video(2).await;
    lost.given.send(deleted, VideoCommand::Delete).await;
    lost.everything_told().await;
    assert_eq!(lost.sweep().await, Resent::default());
    lost.wipe().await;
    lost.given.relay().catch_up().await.unwrap();

    let resent = lost.sweep().await;
    assert_eq!(resent.stages, [(due, Stage::Script)]);
    assert_eq!(resent.deletions, 1);
    assert_eq!(lost.messages().await, 2);
    assert_eq!(lost.sweep().await, Resent::default());
}

#[tokio::test]
async fn a_stream_that_lost_its_tail_is_noticed_too() {
    let lost = Lost::nothing_yet().await;
    let video = lost.given.request_video(1).await;
    lost.everything_told().await;
    lost.purge().await;
    // The server cannot be made to forget, so what is remembered is moved on.
    sqlx::raw_sql("UPDATE relayed_streams SET last_sequence = last_sequence + 10")
        .execute(&lost.given.pool())
        .await
        .unwrap();
    lost.given.relay().catch_up().await.unwrap();
    assert_eq!(lost.resent().await, [(video, Stage::Script)]);
    assert_eq!(lost.resent().await, []);
}
