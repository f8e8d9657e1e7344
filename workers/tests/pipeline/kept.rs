//! An answer that was paid for is not bought again, at whatever point its worker
//! died.

use std::sync::Arc;
use std::time::Duration;

use domain::settings::{ProductionSettings, VoiceId};
use domain::video::Brought;
use domain::video::output::ProviderCharge;
use domain::{MediaKey, Stage, VideoId};
use fake_vendors::{FakeVendors, KEY, Operation};
use integrations::images::{ModelPainter, StableImage};
use integrations::media::MediaStore;
use integrations::script::{ModelWriter, OpenAi};
use integrations::speech::{ModelSpeaker, OpenAiSpeech};
use integrations::testing::SCENES;
use integrations::vendor::{Account, Prices};
use integrations::{Chain, Prompts, Providers, openai};

use crate::faults::Fault;
use crate::studio::Studio;
use crate::workshop::Workshop;

/// More than are tried before the test goes on.
const ALWAYS: usize = 10_000;
const NOT_YET: fake_vendors::Fault = fake_vendors::Fault::Slow(Duration::from_secs(3_600));

fn account(base: String) -> Account {
    Account::try_new("BASE_URL", &base, Some(KEY.into())).unwrap()
}

/// Scripts by OpenAI; the rest is made by the studio's fakes.
fn writers(studio: &Studio, vendors: &FakeVendors) -> Providers {
    let model = OpenAi::try_new(openai::NAME, "gpt-4.1-mini", account(vendors.openai()));
    let writer = ModelWriter::try_new(model.unwrap(), Prompts::built_in(), &Prices::built_in());
    Providers {
        script: Chain::of(Arc::new(writer.unwrap())),
        ..studio.makers.providers()
    }
}

/// Speech by OpenAI and pictures by Stability, of a script by the studio's fake.
fn artists(studio: &Studio, vendors: &FakeVendors) -> Providers {
    let prices = Prices::built_in();
    let model = OpenAiSpeech::try_new("tts-1", "whisper-1", account(vendors.openai()));
    let speaker = ModelSpeaker::try_new(model.unwrap(), &prices).unwrap();
    let model = StableImage::try_new("core", account(vendors.stability())).unwrap();
    let painter = ModelPainter::try_new(model, Prompts::built_in(), &prices).unwrap();
    Providers {
        speech: Chain::of(Arc::new(speaker)),
        images: Chain::of(Arc::new(painter)),
        ..studio.makers.providers()
    }
}

/// A video whose film is never made.
async fn request(studio: &Studio) -> VideoId {
    studio.makers.music.block();
    let settings = ProductionSettings {
        voice: VoiceId::try_new("nova").unwrap(),
        ..ProductionSettings::default()
    };
    studio.request_as(settings, Brought::default()).await
}

fn count(vendors: &FakeVendors, operation: Operation) -> usize {
    vendors.calls(operation).len()
}

/// The log takes no event of this type, and those who wait for it die of it.
async fn die_before_recorded(
    studio: &Studio,
    workers: Workshop,
    video: VideoId,
    kept: impl AsyncFn() -> bool,
) {
    let refused = || studio.faults.left() < ALWAYS;
    studio
        .until_told(video, async || refused() && kept().await)
        .await;
    workers.crash();
    studio.faults.plan("nothing", []);
}

#[tokio::test]
async fn a_script_is_paid_for_once_though_its_worker_died_before_it_was_recorded() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    studio.faults.plan("StageCompleted", [Fault::Busy; ALWAYS]);
    let workers = studio.workers_with(writers(&studio, &vendors)).await;
    let video = request(&studio).await;
    die_before_recorded(&studio, workers, video, async || true).await;

    let _others = studio.workers_with(writers(&studio, &vendors)).await;
    studio
        .until_completed(video, |stages| stages.contains(&Stage::Script))
        .await;
    assert_eq!(count(&vendors, Operation::OpenAiChat), 1);
    let charges: Vec<ProviderCharge> = studio.data(video, "ProviderCharged").await;
    assert_eq!(charges.len(), 1, "{charges:#?}");
    assert_eq!(studio.started(video).await[..2], [Stage::Script; 2]);
}

#[tokio::test]
async fn a_script_is_mended_after_a_crash_and_not_begun_again() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    vendors.fault(Operation::OpenAiChat, fake_vendors::Fault::WrongContent);
    vendors.fault(Operation::OpenAiChat, NOT_YET);
    let workers = studio.workers_with(writers(&studio, &vendors)).await;
    let video = request(&studio).await;
    let mending = || count(&vendors, Operation::OpenAiChat) == 2;
    studio.until_told(video, async || mending()).await;
    workers.crash();

    let _others = studio.workers_with(writers(&studio, &vendors)).await;
    studio
        .until_completed(video, |stages| stages.contains(&Stage::Script))
        .await;
    let calls = vendors.calls(Operation::OpenAiChat);
    let turns = |n: usize| calls[n].request["messages"].as_array().unwrap().len();
    assert_eq!((calls.len(), turns(0), turns(1), turns(2)), (3, 2, 4, 4));
    // Nobody had answered the second.
    let answered: Vec<_> = calls.iter().map(|call| call.is_answered).collect();
    assert_eq!(answered, [true, false, true]);
}

#[tokio::test]
async fn speech_is_paid_for_once_though_its_worker_died_before_it_was_recorded() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    studio.makers.speech.block();
    let workers = studio.workers().await;
    let video = request(&studio).await;
    studio.makers.speech.called(1).await;
    workers.stop().await;

    studio.faults.plan("StageCompleted", [Fault::Busy; ALWAYS]);
    let workers = studio.workers_with(artists(&studio, &vendors)).await;
    die_before_recorded(&studio, workers, video, async || true).await;

    let _others = studio.workers_with(artists(&studio, &vendors)).await;
    studio
        .until_completed(video, |stages| stages.contains(&Stage::Speech))
        .await;
    assert_eq!(count(&vendors, Operation::OpenAiSpeech), 1);
    assert_eq!(count(&vendors, Operation::OpenAiTranscription), 1);
}

#[tokio::test]
async fn pictures_are_paid_for_once_though_their_worker_died_before_they_were_recorded() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let pictures = [Fault::Busy; ALWAYS];
    studio.faults.plan("SceneImageGenerated", pictures);
    let workers = studio.workers_with(artists(&studio, &vendors)).await;
    let video = request(&studio).await;
    let all_are_kept = async || {
        let scenes = studio.production(video).await.scenes.len();
        let drawn_at_once = scenes.min(SCENES);
        scenes > 0 && files(&studio, video, "work").await == 1 + drawn_at_once
    };
    die_before_recorded(&studio, workers, video, all_are_kept).await;

    let _others = studio.workers_with(artists(&studio, &vendors)).await;
    studio.until_illustrated(video).await;
    let scenes = studio.production(video).await.scenes.len();
    assert_eq!(count(&vendors, Operation::StabilityCore), scenes);
    assert_eq!(count(&vendors, Operation::OpenAiSpeech), 1);
    studio.settled_but_for_the_film().await;
    for kept in ["speech", "images-000", "images-001"] {
        let folder = format!("work/answers/{kept}");
        assert!(!studio.has_files(video, &folder), "{kept} is still there");
    }
}

/// How many files lie in a folder of the video.
async fn files(studio: &Studio, video: VideoId, folder: &str) -> usize {
    let folder = MediaKey::try_new(format!("videos/{video}/{folder}")).unwrap();
    studio.media.list(&folder).await.unwrap().len()
}
