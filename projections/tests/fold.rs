//! A read model is a fold of the log, whatever the log and however it came by
//! it: followed in pieces, rebuilt at any time, rolled back.

mod support;

use domain::projection::ProjectionOrder;
use domain::video::VideoCommand;
use domain::video::output::{ProviderCharge, StageResult};
use domain::{Failure, FailureClass, Microusd, Stage, VideoId};
use projections::video::VideoView;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{Given, asset, script, spoken};

const VIDEOS: u8 = 4;

#[derive(Debug, Clone)]
enum Happening {
    Command(u8, What),
    Follow,
    Rebuild,
    RollBack,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Request,
    Start(Stage),
    Write,
    Speak,
    Draw(u16),
    Charge(u8),
    Fail(Stage),
    Cancel,
    Retry,
    Delete,
}

fn happening() -> impl Strategy<Value = Happening> {
    let stage = prop_oneof![
        Just(Stage::Script),
        Just(Stage::Speech),
        Just(Stage::Images)
    ];
    let what = prop_oneof![
        4 => Just(What::Request),
        6 => stage.clone().prop_map(What::Start),
        4 => Just(What::Write),
        4 => Just(What::Speak),
        3 => (0u16..2).prop_map(What::Draw),
        3 => (0u8..6).prop_map(What::Charge),
        1 => stage.prop_map(What::Fail),
        1 => Just(What::Cancel),
        1 => Just(What::Retry),
        1 => Just(What::Delete),
    ];
    prop_oneof![
        30 => (0..VIDEOS, what).prop_map(|(video, what)| Happening::Command(video, what)),
        3 => Just(Happening::Follow),
        1 => Just(Happening::Rebuild),
        1 => Just(Happening::RollBack),
    ]
}

fn command(what: What) -> VideoCommand {
    match what {
        What::Request => unreachable!("a video is requested by the support"),
        What::Start(stage) => VideoCommand::StartStage { stage, attempt: 1 },
        What::Write => VideoCommand::CompleteStage {
            attempt: 1,
            result: StageResult::Script(script()),
        },
        What::Speak => VideoCommand::CompleteStage {
            attempt: 1,
            result: StageResult::Speech(spoken()),
        },
        What::Draw(scene) => VideoCommand::RecordSceneImage {
            scene,
            image: asset("scene.png"),
            provider: domain::Provider::offline("test"),
        },
        What::Charge(call) => VideoCommand::RecordCharge(ProviderCharge {
            call: call.to_string(),
            stage: Stage::Script,
            attempt: 1,
            scene: None,
            provider: "openai".to_owned(),
            model: "small".to_owned(),
            usage: vec![],
            cost: Microusd(1 << call),
            price: None,
            is_estimate: false,
        }),
        What::Fail(stage) => VideoCommand::FailStage {
            stage,
            attempt: 1,
            failure: Failure {
                class: FailureClass::Retryable,
                code: "busy".to_owned(),
                message: "it was busy".to_owned(),
                retry_after_ms: None,
            },
            at: chrono::DateTime::UNIX_EPOCH,
            jitter: 0.0,
        },
        What::Cancel => VideoCommand::Cancel,
        What::Retry => VideoCommand::Retry,
        What::Delete => VideoCommand::Delete,
    }
}

async fn happen(given: &Given, happening: Happening) {
    match happening {
        Happening::Command(number, What::Request) => {
            given.request_video(number.into()).await;
        }
        Happening::Command(number, what) => {
            let video = VideoId(support::id(number.into()));
            // Much of it the domain refuses, which leaves no event.
            let _ = given.try_send(video, command(what)).await;
        }
        Happening::Follow => given.catch_up().await,
        Happening::Rebuild => {
            given.catch_up().await;
            given.ask_for_rebuild().await;
            given.rebuild().await;
        }
        Happening::RollBack => {
            if given.projection("video").await.previous().is_some() {
                given.order("video", ProjectionOrder::RollBack).await;
                given.rebuild().await;
            }
        }
    }
}

/// The log, folded in memory.
async fn folded(given: &Given) -> Vec<VideoView> {
    let mut views = projections::testing::fold_videos(&*given.log).await;
    views.sort_by_key(|view| view.id);
    views
}

#[test]
fn rows_are_a_pure_fold_of_the_log() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 12,
        max_shrink_iters: 20,
        ..Config::default()
    });
    runner
        .run(&prop::collection::vec(happening(), 1..60), |happenings| {
            runtime.block_on(async {
                let given = Given::an_empty_log().await;
                given.catch_up().await;
                for happening in happenings {
                    happen(&given, happening).await;
                }
                given.catch_up().await;
                let mut read = Vec::new();
                for number in 0..VIDEOS {
                    read.extend(given.video(VideoId(support::id(number.into()))).await);
                }
                read.sort_by_key(|view: &VideoView| view.id);
                prop_assert_eq!(read, folded(&given).await);
                Ok(())
            })
        })
        .unwrap();
}
