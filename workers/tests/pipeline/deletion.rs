//! Deleted videos leave nothing behind.

use domain::video::VideoCommand;
use integrations::testing::SCENES;
use projections::video::VideoStatus;

use crate::studio::Studio;

#[tokio::test]
async fn the_media_of_a_deleted_video_is_removed() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let deleted = studio.request().await;
    studio.until(deleted, VideoStatus::Ready).await;
    assert!(studio.has_media(deleted));
    let kept = studio.request_without_film().await;
    studio.until_illustrated(kept).await;

    studio.send(deleted, VideoCommand::Delete).await;
    studio.until_seen(deleted, Option::is_none).await;
    studio.cleaned_up().await;
    assert!(!studio.has_media(deleted));
    assert!(studio.has_media(kept));
}

#[tokio::test]
async fn a_video_deleted_while_it_is_made_leaves_no_media() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.makers.music.called(1).await;
    assert!(studio.has_media(video));

    studio.send(video, VideoCommand::Delete).await;
    studio.until_seen(video, Option::is_none).await;
    studio.settled().await;
    assert!(!studio.has_media(video));
    assert_eq!(studio.makers.images.calls().len(), SCENES);
    assert_eq!(studio.working_folders(), 0);
}

#[tokio::test]
async fn a_file_that_is_put_while_its_video_is_deleted_goes_too() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    studio.media.close();
    let video = studio.request().await;
    studio.media.waited_at().await;

    studio.send(video, VideoCommand::Delete).await;
    studio.until_seen(video, Option::is_none).await;
    studio.cleaned_up().await;
    studio.media.open();
    studio.settled().await;
    assert!(!studio.has_media(video));
}
