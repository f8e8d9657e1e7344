//! Workers that stop or die, and videos that are given up, in mid-work.

use domain::settings::Music;
use domain::video::VideoCommand;
use domain::{Stage, VideoId};
use integrations::images::ImageRequest;
use integrations::testing::SCENES;
use projections::video::VideoStatus;

use crate::studio::Studio;
use crate::workshop::Workshop;

#[tokio::test]
async fn workers_stopped_while_speaking_go_on_when_started_again() {
    let studio = Studio::open().await;
    let speech = &studio.makers.speech;
    speech.block();
    let workers = studio.workers().await;
    let video = studio.request().await;
    speech.called(1).await;
    workers.stop().await;
    speech.release();

    let _workers = studio.workers().await;
    studio.until(video, VideoStatus::Ready).await;
    assert_eq!(studio.completed(video).await, Stage::ALL);
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(speech.calls().len(), 2);
}

#[tokio::test]
async fn pictures_drawn_before_the_workers_stopped_are_kept() {
    let studio = Studio::open().await;
    let (workers, video) = workers_at_the_last_picture(&studio).await;
    workers.stop().await;
    finishes_drawing_only_the_last_again(&studio, video).await;
}

#[tokio::test]
async fn pictures_drawn_before_the_workers_died_are_kept() {
    let studio = Studio::open().await;
    let (workers, video) = workers_at_the_last_picture(&studio).await;
    workers.crash();
    finishes_drawing_only_the_last_again(&studio, video).await;
}

#[tokio::test]
async fn a_film_whose_worker_died_is_assembled_by_the_next() {
    let studio = Studio::open().await;
    let music = &studio.makers.music;
    music.block();
    let workers = studio.workers().await;
    let video = studio.request_with(Music::Bed { mood: None }).await;
    music.called(1).await;
    workers.crash();
    music.release();

    let _workers = studio.workers().await;
    studio.until(video, VideoStatus::Ready).await;
    assert_eq!(studio.completed(video).await, Stage::ALL);
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 1);
    assert_eq!(studio.makers.images.calls().len(), SCENES);
}

#[tokio::test]
async fn a_cancelled_video_stops_its_maker_and_stays_cancelled() {
    let studio = Studio::open().await;
    let images = &studio.makers.images;
    images.block();
    let _workers = studio.workers().await;
    let video = studio.request().await;
    images.called(SCENES).await;
    studio.send(video, VideoCommand::Cancel).await;

    studio.until(video, VideoStatus::Cancelled).await;
    // The makers still wait to be released, so they can only have been stopped.
    studio.settled().await;
    images.release();
    let seen = studio.until(video, VideoStatus::Cancelled).await;
    assert!(seen.scenes.iter().all(|scene| scene.image.is_none()));
    assert_eq!(images.calls().len(), SCENES);
}

#[tokio::test]
async fn an_orderly_stop_is_no_interruption() {
    let studio = Studio::open().await;
    let script = &studio.makers.script;
    script.block();
    let workers = studio.workers().await;
    let video = studio.request_without_film().await;
    script.called(1).await;
    workers.stop().await;

    let production = studio.production(video).await;
    assert!(!production.running);
    assert_eq!((production.attempt, production.interruptions), (1, 0));
    script.release();
    let _workers = studio.workers().await;
    studio.until_illustrated(video).await;
}

#[tokio::test]
async fn two_processes_with_a_message_each_do_the_stage_once() {
    const MESSAGES: u64 = 6;
    let studio = Studio::open().await;
    let script = &studio.makers.script;
    script.block();
    let _first = studio.workers().await;
    let video = studio.request_without_film().await;
    script.called(1).await;
    let _second = studio.workers().await;
    for _ in 0..MESSAGES {
        studio.relay_again(Stage::Script).await;
    }
    // Each comes back a second later, so the wait is longer than a worker that
    // died would be missed for.
    studio.delivered(Stage::Script, 1 + 6 * MESSAGES).await;
    assert_eq!(script.calls().len(), 1);
    script.release();
    studio.until_illustrated(video).await;
    studio.settled_but_for_the_film().await;
    assert_eq!(script.calls().len(), 1);
    assert_eq!(
        studio.started(video).await[0..2],
        [Stage::Script, Stage::Speech]
    );
}

#[tokio::test]
async fn another_process_takes_over_from_one_that_died() {
    let studio = Studio::open().await;
    let script = &studio.makers.script;
    script.block();
    let first = studio.workers().await;
    let video = studio.request_without_film().await;
    script.called(1).await;
    let _second = studio.workers().await;
    first.crash();
    script.called(2).await;
    script.release();
    studio.until_illustrated(video).await;
    assert_eq!(
        studio.started(video).await[..3],
        [Stage::Script, Stage::Script, Stage::Speech]
    );
}

/// All pictures but the last are recorded; that one is being drawn.
async fn workers_at_the_last_picture(studio: &Studio) -> (Workshop, VideoId) {
    let images = &studio.makers.images;
    images.block_where(is_last_scene);
    let workers = studio.workers().await;
    let video = studio.request().await;
    images.called(SCENES).await;
    studio
        .until_seen(video, |view| {
            let scenes = view.iter().flat_map(|view| &view.scenes);
            scenes.filter(|scene| scene.image.is_some()).count() == SCENES - 1
        })
        .await;
    (workers, video)
}

async fn finishes_drawing_only_the_last_again(studio: &Studio, video: VideoId) {
    let images = &studio.makers.images;
    images.release();
    let _workers = studio.workers().await;
    studio.until(video, VideoStatus::Ready).await;
    assert_eq!(studio.completed(video).await, Stage::ALL);
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 1);
    assert_eq!(images.count(|request| !is_last_scene(request)), SCENES - 1);
    assert_eq!(images.count(is_last_scene), 2);
}

fn is_last_scene(request: &ImageRequest) -> bool {
    request.description.starts_with(&format!("scene {SCENES}"))
}
