//! What was made is recorded, however the log behaves.

use domain::Stage;
use integrations::testing::SCENES;

use crate::faults::Fault;
use crate::studio::Studio;

const BEFORE_THE_FILM: [Stage; 3] = [Stage::Script, Stage::Speech, Stage::Images];

#[tokio::test]
async fn work_is_not_made_again_because_the_log_was_busy_or_silent() {
    let studio = Studio::open().await;
    let faults = [Fault::Busy, Fault::Busy, Fault::Silent];
    studio.faults.plan("StageCompleted", faults);
    let _workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.until_illustrated(video).await;

    assert_eq!(studio.faults.left(), 0);
    assert_eq!(studio.makers.script.calls().len(), 1);
    assert_eq!(studio.makers.speech.calls().len(), 1);
    assert_eq!(studio.started(video).await[..3], BEFORE_THE_FILM);
}

#[tokio::test]
async fn a_picture_is_not_drawn_again_because_the_log_was_busy_or_silent() {
    let studio = Studio::open().await;
    let faults = [Fault::Silent, Fault::Busy, Fault::Silent, Fault::Busy];
    studio.faults.plan("SceneImageGenerated", faults);
    let _workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.until_illustrated(video).await;

    assert_eq!(studio.faults.left(), 0);
    assert_eq!(studio.makers.images.calls().len(), SCENES);
}

#[tokio::test]
async fn a_start_that_nobody_confirmed_is_begun_all_the_same() {
    let studio = Studio::open().await;
    studio.faults.plan("StageStarted", [Fault::Silent]);
    let _workers = studio.workers().await;
    let video = studio.request_without_film().await;
    studio.until_illustrated(video).await;
    assert_eq!(studio.started(video).await[..3], BEFORE_THE_FILM);
}
