//! What is paid for is paid for once, whatever ends the worker.

use std::sync::Arc;
use std::time::Duration;

use domain::video::VideoCommand;
use domain::video::output::ProviderJob;
use domain::{Stage, VideoId};
use fake_vendors::{FakeVendors, Fault, KEY, Operation};
use integrations::images::{Flux, ModelPainter};
use integrations::testing::SCENES;
use integrations::vendor::{Account, Prices};
use integrations::{Chain, Prompts, Providers};

use crate::studio::Studio;

/// Longer than any test.
const NOT_YET: Fault = Fault::Slow(Duration::from_secs(3_600));

/// Pictures by Flux on fal; the rest is made by the studio's fakes.
fn providers(studio: &Studio, vendors: &FakeVendors) -> Providers {
    let account = Account::try_new("FAL_BASE_URL", &vendors.fal(), Some(KEY.into())).unwrap();
    let flux = Flux::try_new("fal-ai/flux/dev", account).unwrap();
    let flux = flux.polling(Duration::from_millis(10), Duration::from_secs(60));
    let (prompts, prices) = (Prompts::built_in(), Prices::built_in());
    Providers {
        images: Chain::of(Arc::new(
            ModelPainter::try_new(flux, prompts, &prices).unwrap(),
        )),
        ..studio.makers.providers()
    }
}

async fn until_ordered(studio: &Studio, video: VideoId) -> Vec<ProviderJob> {
    studio
        .until_recorded(video, "ProviderJobStarted", SCENES)
        .await;
    studio.data(video, "ProviderJobStarted").await
}

/// Other workers get all pictures, and order none.
async fn assert_fetched(studio: &Studio, vendors: &FakeVendors, video: VideoId) {
    vendors.mend();
    let _others = studio.workers_with(providers(studio, vendors)).await;
    studio
        .until_completed(video, |stages| stages.contains(&Stage::Images))
        .await;
    assert_eq!(vendors.calls(Operation::FalSubmit).len(), SCENES);
    assert!(vendors.calls(Operation::FalCancel).is_empty());
}

#[tokio::test]
async fn pictures_that_were_ordered_are_fetched_by_who_takes_over_from_a_crash() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(Operation::FalStatus, NOT_YET);
    let video = studio.request_without_film().await;
    let jobs = until_ordered(&studio, video).await;
    workers.crash();

    assert_fetched(&studio, &vendors, video).await;
    let again: Vec<ProviderJob> = studio.data(video, "ProviderJobStarted").await;
    assert_eq!(again, jobs, "nothing was ordered anew");
}

#[tokio::test]
async fn pictures_that_were_ordered_are_fetched_after_the_program_was_stopped() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(Operation::FalStatus, NOT_YET);
    let video = studio.request_without_film().await;
    until_ordered(&studio, video).await;
    workers.stop().await;
    assert_fetched(&studio, &vendors, video).await;
}

#[tokio::test]
async fn what_was_ordered_for_a_cancelled_video_is_cancelled() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let _workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(Operation::FalStatus, NOT_YET);
    let video = studio.request_without_film().await;
    until_ordered(&studio, video).await;

    studio.send(video, VideoCommand::Cancel).await;
    studio.settled().await;
    assert_eq!(vendors.calls(Operation::FalCancel).len(), SCENES);
}
