//! JetStream forgets; the video is made all the same, and nothing twice.

use domain::Stage;
use domain::video::VideoCommand;
use integrations::testing::SCENES;
use projections::testing::Line;
use projections::video::VideoStatus;

use crate::studio::Studio;

#[tokio::test]
async fn a_stream_that_goes_in_mid_video_costs_no_work() {
    let studio = Studio::open().await;
    studio.reconcile();
    studio.makers.speech.block();
    let _workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.makers.speech.called(1).await;
    studio.lose_the_stream().await;
    studio.makers.speech.release();

    studio.until_illustrated(video).await;
    each_stage_was_done_once(&studio);
}

#[tokio::test]
async fn a_message_that_was_lost_before_any_worker_had_it_is_sent_again() {
    let studio = Studio::open().await;
    let video = studio.request_without_film().await;
    studio.relayed().await;
    studio.lose_the_stream().await;
    studio.reconcile();
    let _workers = studio.workers().await;

    studio.until_illustrated(video).await;
    each_stage_was_done_once(&studio);
}

#[tokio::test]
async fn a_worker_that_died_after_its_message_was_lost_is_replaced() {
    let studio = Studio::open().await;
    studio.makers.speech.block();
    let workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.makers.speech.called(1).await;
    studio.lose_the_stream().await;
    workers.crash();
    studio.makers.speech.release();
    studio.reconcile();
    let _workers = studio.workers().await;

    studio.until_illustrated(video).await;
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 2);
    assert_eq!(studio.completed(video).await, Stage::ALL[..4]);
}

#[tokio::test]
async fn a_video_that_was_given_up_is_not_taken_up_again() {
    let studio = Studio::open().await;
    let cancelled = studio.request_without_film().await;
    let deleted = studio.request_without_film().await;
    studio.send(cancelled, VideoCommand::Cancel).await;
    studio.send(deleted, VideoCommand::Delete).await;
    studio.until(cancelled, VideoStatus::Cancelled).await;
    studio.until_seen(deleted, Option::is_none).await;
    studio.relayed().await;
    studio.lose_the_stream().await;
    studio.reconcile();
    let _workers = studio.workers().await;
    let made = studio.request_without_film().await;

    studio.until_illustrated(made).await;
    each_stage_was_done_once(&studio);
}

#[tokio::test]
async fn workers_go_on_once_nats_is_back() {
    let studio = Studio::open().await;
    let line = Line::lay().await;
    studio.makers.speech.block();
    let _workers = studio.workers_on(Some(line.client().await)).await;
    let video = studio.request_without_film().await;
    studio.makers.speech.called(1).await;
    line.cut();
    studio.makers.speech.release();
    studio
        .until_seen(video, |view| {
            view.as_ref()
                .is_some_and(|view| view.stage == Some(Stage::Images))
        })
        .await;
    line.mend();

    studio.until_illustrated(video).await;
    each_stage_was_done_once(&studio);
}

fn each_stage_was_done_once(studio: &Studio) {
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 1);
    assert_eq!(studio.makers.images.calls().len(), SCENES);
}
