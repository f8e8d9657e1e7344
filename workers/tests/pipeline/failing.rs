//! What fails is tried again, and what was done stays done.

use domain::settings::Music;
use domain::video::VideoCommand;
use domain::{FailureClass, MediaKey, Stage};
use integrations::ProviderError;
use integrations::images::ImageRequest;
use integrations::testing::SCENES;
use projections::video::VideoStatus;

use crate::studio::Studio;

fn unavailable() -> ProviderError {
    ProviderError::Unavailable {
        problem: "the easel is broken".to_owned(),
    }
}

fn is_second_scene(request: &ImageRequest) -> bool {
    request.description.starts_with("scene 2")
}

#[tokio::test]
async fn a_picture_that_fails_is_drawn_again_and_the_others_are_not() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let images = &studio.makers.images;
    images.fail_where(2, unavailable(), is_second_scene);
    let video = studio.request_without_film().await;
    studio.until_illustrated(video).await;

    assert_eq!(images.count(is_second_scene), 3);
    assert_eq!(
        images.count(|request| !is_second_scene(request)),
        SCENES - 1
    );
    assert_eq!(studio.completed(video).await, Stage::ALL[..4]);
    studio.settled_but_for_the_film().await;
}

#[tokio::test]
async fn three_failures_fail_the_video_and_a_retry_goes_on_from_there() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    studio.makers.speech.fail(3, unavailable());
    let video = studio.request_without_film().await;

    let failed = studio.until(video, VideoStatus::Failed).await;
    assert_eq!(failed.stage, Some(Stage::Speech));
    let failure = failed.failure.unwrap();
    assert!(
        failure.message.contains("the easel is broken"),
        "{failure:?}"
    );
    studio.settled().await;
    assert_eq!(studio.makers.speech.calls().len(), 3);

    studio.send(video, VideoCommand::Retry).await;
    studio.until_illustrated(video).await;
    assert_eq!(studio.completed(video).await, Stage::ALL[..4]);
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 4);
}

#[tokio::test]
async fn own_music_that_is_gone_is_the_users_to_mend_and_is_named() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let key = MediaKey::try_new("music/my-song.mp3").unwrap();
    let video = studio.request_with(Music::Own { key }).await;

    let failed = studio.until(video, VideoStatus::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.class, FailureClass::UserFixable, "{failure:?}");
    assert!(failure.message.contains("music/my-song.mp3"), "{failure:?}");
    assert_eq!(failed.stage, Some(Stage::Assembly));
    studio.settled().await;
    assert_eq!(studio.working_folders(), 0);
}
