//! With what its user brought, and nobody is asked for.

use domain::settings::Music;
use domain::video::{Brought, ScenePicture};
use domain::{Asset, MediaKey};
use integrations::Observer;
use integrations::images::own_image;
use integrations::media::{Body, MediaStore};
use integrations::testing::{SCENES, grey_picture};
use projections::video::VideoStatus;

use crate::studio::Studio;

async fn brought(studio: &Studio, name: &str) -> Asset {
    let key = MediaKey::try_new(format!("owners/ada/pictures/{name}/picture.jpg")).unwrap();
    let file = own_image(&grey_picture(900, 1600, 90)).unwrap();
    let silent = Observer::silent();
    studio
        .media
        .put(&key, Body::Bytes(file), &silent)
        .await
        .unwrap()
}

fn with_picture(scene: u16, picture: &Asset) -> Brought {
    Brought {
        pictures: vec![ScenePicture {
            scene,
            picture: picture.clone(),
        }],
    }
}

#[tokio::test]
async fn a_picture_that_was_brought_is_used_and_not_drawn() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let own = brought(&studio, "one").await;
    let video = studio.request_of(Music::None, with_picture(1, &own)).await;
    let ready = studio.until(video, VideoStatus::Ready).await;

    assert_eq!(studio.makers.images.calls().len(), SCENES - 1);
    let used = ready.scenes[1].image.as_ref().unwrap();
    assert_eq!(used.sha256, own.sha256);
    // The video has a copy of its own.
    let folder = MediaKey::try_new("owners").unwrap();
    studio.media.delete_prefix(&folder).await.unwrap();
    assert_eq!(studio.media.head(&used.key).await.unwrap().bytes, own.bytes);
}

#[tokio::test]
async fn a_picture_that_is_gone_is_named_and_can_be_brought_again() {
    let studio = Studio::open().await;
    let _workers = studio.workers().await;
    let own = brought(&studio, "one").await;
    let folder = MediaKey::try_new("owners").unwrap();
    studio.media.delete_prefix(&folder).await.unwrap();
    let video = studio.request_of(Music::None, with_picture(1, &own)).await;
    let failed = studio.until(video, VideoStatus::Failed).await;
    let message = failed.failure.unwrap().message;
    assert!(message.contains("scene 2"), "{message}");

    brought(&studio, "one").await;
    studio.send(video, domain::video::VideoCommand::Retry).await;
    let ready = studio.until_seen(video, |view| {
        view.as_ref()
            .is_some_and(|view| view.status == VideoStatus::Ready)
    });
    let ready = ready.await.unwrap();
    assert_eq!(ready.scenes[1].image.as_ref().unwrap().sha256, own.sha256);
}
