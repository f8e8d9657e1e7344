//! When all goes well, and when messages come twice.

use domain::Stage;
use domain::settings::Music;
use integrations::media::MediaStore;
use integrations::testing::SCENES;
use projections::video::VideoStatus;

use crate::studio::Studio;

#[tokio::test]
async fn a_requested_video_becomes_ready_with_every_stage_completed_once() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let video = studio.request_with(Music::Bed { mood: None }).await;
    let ready = studio.until(video, VideoStatus::Ready).await;

    assert_eq!(studio.completed(video).await, Stage::ALL);
    let files = ready.publication.unwrap();
    assert!(files.thumbnail_webp.is_some());
    for file in files.files() {
        let stored = studio.media.head(&file.key).await.unwrap();
        assert_eq!(stored.bytes, file.bytes, "{}", file.key);
        assert_eq!(stored.content_type, file.content_type, "{}", file.key);
    }
    let film = ready.film.unwrap();
    let spoken_ms = ready.speech.unwrap().duration_ms;
    // Within one frame of 30 a second.
    assert!(film.duration_ms.abs_diff(spoken_ms) <= 34, "{film:?}");

    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 1);
    assert_eq!(studio.makers.images.calls().len(), SCENES);
    assert_eq!(studio.makers.music.calls().len(), 1);
    studio.settled().await;
    assert_eq!(studio.working_folders(), 0);
}

#[tokio::test]
async fn a_stage_that_is_said_to_be_due_twice_is_done_once() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    studio.makers.script.block();
    let video = studio.request_without_film().await;

    studio.makers.script.called(1).await;
    studio.relay_again(Stage::Script).await;
    studio.makers.script.release();
    studio.until_illustrated(video).await;
    studio.settled_but_for_the_film().await;
    assert_eq!(studio.makers.script.calls().len(), 1);
    let started = studio.started(video).await;
    assert_eq!(started[..3], [Stage::Script, Stage::Speech, Stage::Images]);
}
