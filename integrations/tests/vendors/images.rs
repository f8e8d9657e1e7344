use std::time::Duration;

use domain::{Microusd, Usage, UsageUnit};
use fake_vendors::{FakeVendors, Fault, KEY, Operation};
use futures::future::join_all;
use integrations::images::{
    DrawnImage, Flux, GptImage, GptImageQuality, ImageFormat, ImageMaker, ImageRequest,
    ModelPainter, StableImage, Unrecorded,
};
use integrations::vendor::Prices;
use integrations::{Observer, Prompts, ProviderError};
use tokio_util::sync::CancellationToken;

use crate::support::{account, account_with, flux, painter, scene};

const OPENAI: Operation = Operation::OpenAiImages;
const STABILITY: Operation = Operation::StabilityCore;
/// The call that orders a picture, and in the end costs.
const ORDERS: [Operation; 3] = [OPENAI, STABILITY, Operation::FalSubmit];

fn maker(vendors: &FakeVendors, order: Operation, key: &str) -> Box<dyn ImageMaker> {
    match order {
        OPENAI => {
            let account = account_with(&vendors.openai(), key);
            let model = GptImage::try_new("gpt-image-2", GptImageQuality::Medium, account);
            Box::new(painter(model.unwrap()))
        }
        STABILITY => Box::new(stability(vendors, "core", key)),
        Operation::FalSubmit => Box::new(flux(vendors, "fal-ai/flux/dev", key)),
        other => panic!("{other:?} orders no picture"),
    }
}

fn stability(vendors: &FakeVendors, model: &str, key: &str) -> ModelPainter<StableImage> {
    let account = account_with(&vendors.stability(), key);
    painter(StableImage::try_new(model, account).unwrap())
}

async fn outcome(maker: &dyn ImageMaker) -> Result<DrawnImage, ProviderError> {
    maker.draw(&scene(), &Unrecorded, &Observer::silent()).await
}

fn used(unit: UsageUnit, amount: u64) -> Usage {
    Usage { unit, amount }
}

#[tokio::test]
async fn a_scene_becomes_a_picture_of_the_wanted_size_with_what_it_cost() {
    let vendors = FakeVendors::start().await;
    let megapixel = used(UsageUnit::Pixels, 1_000_000);
    let tokens = [
        used(UsageUnit::InputTokens, 180),
        used(UsageUnit::OutputTokens, 1_584),
    ];
    for (order, cost, usage) in [
        (OPENAI, 48_420, &tokens[..]),
        (STABILITY, 30_000, &[used(UsageUnit::Images, 1)]),
        (Operation::FalSubmit, 25_000, &[megapixel]),
    ] {
        let large = ImageRequest {
            width_px: 541,
            height_px: 960,
            ..scene()
        };
        let maker = maker(&vendors, order, KEY);
        let drawn = maker.draw(&large, &Unrecorded, &Observer::silent()).await;
        let drawn = drawn.unwrap();
        assert_eq!(drawn.format, ImageFormat::Jpeg);
        let format = image::guess_format(&drawn.bytes).unwrap();
        assert_eq!(format, image::ImageFormat::Jpeg);
        let picture = image::load_from_memory(&drawn.bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (541, 960));
        let provider = &drawn.provider;
        assert_eq!(provider.name, maker.name());
        assert_eq!(provider.cost, Microusd(cost), "{provider:?}");
        assert_eq!(provider.usage, usage);
        let prompt = provider.prompt.as_deref().unwrap();
        assert!(prompt.starts_with("watercolor/"), "{prompt}");
        assert_eq!(vendors.calls(order).len(), 1);
    }
}

#[tokio::test]
async fn each_is_asked_in_its_own_way() {
    let vendors = FakeVendors::start().await;
    for order in ORDERS {
        outcome(&*maker(&vendors, order, KEY)).await.unwrap();
    }
    outcome(&stability(&vendors, "sd3.5-large", KEY))
        .await
        .unwrap();
    outcome(&stability(&vendors, "ultra", KEY)).await.unwrap();
    let kontext = flux(&vendors, "fal-ai/flux-pro/kontext/text-to-image", KEY);
    let drawn = outcome(&kontext).await.unwrap();
    assert_eq!(drawn.provider.usage, [used(UsageUnit::Images, 1)]);

    let asked = |operation| vendors.calls(operation).remove(0).request;
    let openai = asked(OPENAI);
    assert_eq!(openai["size"], "1024x1536");
    assert_eq!(openai["quality"], "medium");
    let core = asked(STABILITY);
    assert_eq!(core["aspect_ratio"], "9:16");
    assert!(core["negative_prompt"].as_str().unwrap().contains("text"));
    let seed: u64 = core["seed"].as_str().unwrap().parse().unwrap();
    assert_eq!(seed, u64::MAX % 4_294_967_294 + 1);
    assert_eq!(asked(Operation::StabilitySd3)["model"], "sd3.5-large");
    assert!(asked(Operation::StabilityUltra).get("model").is_none());
    let fal = asked(Operation::FalSubmit);
    assert_eq!(fal["endpoint"], "fal-ai/flux/dev");
    assert_eq!(fal["input"]["seed"], u32::MAX);
    for prompt in [&openai["prompt"], &core["prompt"], &fal["input"]["prompt"]] {
        assert_eq!(prompt, &openai["prompt"]);
        let prompt = prompt.as_str().unwrap();
        assert!(prompt.contains("An octopus opens a jar"), "{prompt}");
        assert!(prompt.contains("9:16"), "{prompt}");
    }
}

#[tokio::test]
async fn every_fault_is_told_as_what_can_be_done_about_it() {
    use Operation::{FalMedia, FalResult, FalStatus, FalSubmit};
    let stages = [
        (OPENAI, OPENAI),
        (STABILITY, STABILITY),
        (FalSubmit, FalSubmit),
        (FalSubmit, FalStatus),
        (FalSubmit, FalResult),
        (FalSubmit, FalMedia),
    ];
    // At once, as each waits for a provider that says nothing.
    join_all(stages.map(|(order, stage)| every_fault(order, stage))).await;
}

async fn every_fault(order: Operation, stage: Operation) {
    let vendors = FakeVendors::start().await;
    let maker = maker(&vendors, order, KEY);
    for (fault, says) in [
        (Fault::Unauthorized, "does not accept the key"),
        (Fault::OutOfCredit, "no credit left"),
        (Fault::ServerError, "unavailable: it answered with status 5"),
        (Fault::CutConnection, "unavailable: there is no connection"),
        (Fault::Stalled, "unavailable: it did not answer in time"),
        (Fault::Huge, "unusable: it answered with more than"),
        (Fault::WrongJson, "unusable: "),
        (Fault::Redirected, "unusable: it answered with status 303"),
    ] {
        // Pictures are for everybody: one that is not handed out is gone.
        let says = match (stage, fault) {
            (Operation::FalMedia, Fault::Unauthorized | Fault::OutOfCredit) => "is gone",
            _ => says,
        };
        vendors.fault(stage, fault);
        let error = outcome(&*maker).await.unwrap_err().to_string();
        assert!(error.contains(says), "{stage:?} {fault:?}: {error}");
        assert!(
            !error.contains(KEY) && !error.contains("127.0.0.1"),
            "{error}"
        );
    }
    let wait = Some(7);
    vendors.fault(
        stage,
        Fault::RateLimited {
            retry_after_s: wait,
        },
    );
    let retry_after = Some(Duration::from_secs(7));
    let limited = Err(ProviderError::RateLimited { retry_after });
    assert_eq!(outcome(&*maker).await, limited, "{stage:?}");
    // It is back.
    outcome(&*maker).await.unwrap();
}

#[tokio::test]
async fn what_is_against_a_policy_is_refused_at_whatever_point_that_is_found() {
    let vendors = FakeVendors::start().await;
    for (order, operation, fault) in [
        (OPENAI, OPENAI, Fault::Refused),
        (STABILITY, STABILITY, Fault::Refused),
        (STABILITY, STABILITY, Fault::Flagged),
        (Operation::FalSubmit, Operation::FalStatus, Fault::Refused),
        (Operation::FalSubmit, Operation::FalResult, Fault::Refused),
        (Operation::FalSubmit, Operation::FalResult, Fault::Flagged),
    ] {
        vendors.fault(operation, fault);
        let refused = outcome(&*maker(&vendors, order, KEY)).await;
        let is_refused = matches!(refused, Err(ProviderError::Refused { .. }));
        assert!(is_refused, "{operation:?} {fault:?}: {refused:?}");
    }
}

#[tokio::test]
async fn what_is_no_picture_or_half_of_one_is_malformed() {
    let vendors = FakeVendors::start().await;
    for (order, delivery) in [
        (OPENAI, OPENAI),
        (STABILITY, STABILITY),
        (Operation::FalSubmit, Operation::FalMedia),
    ] {
        for fault in [Fault::WrongContent, Fault::CutShort] {
            vendors.fault(delivery, fault);
            let error = outcome(&*maker(&vendors, order, KEY)).await.unwrap_err();
            let is_malformed = matches!(error, ProviderError::Malformed { .. });
            assert!(is_malformed, "{delivery:?} {fault:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_wrong_key_and_an_unknown_model_are_told_apart() {
    let vendors = FakeVendors::start().await;
    for order in ORDERS {
        let stranger = maker(&vendors, order, "another");
        assert_eq!(outcome(&*stranger).await, Err(ProviderError::Unauthorized));
        assert!(vendors.calls(order).is_empty());
    }
    let unpriced = Flux::try_new("fal-ai/flux-9/dev", account(&vendors.fal())).unwrap();
    let painter = ModelPainter::try_new(unpriced, Prompts::built_in(), &Prices::built_in());
    let error = painter.err().unwrap().to_string();
    assert!(
        error.contains("no price for the model fal-ai/flux-9"),
        "{error}"
    );
    for endpoint in [
        "",
        "flux",
        "fal-ai/../admin",
        "fal-ai/flux?x",
        "/fal-ai/flux",
    ] {
        let refused = Flux::try_new(endpoint, account(&vendors.fal()));
        let refused = refused.err().unwrap();
        let is_input = matches!(refused, ProviderError::InvalidInput { field: "model", .. });
        assert!(is_input, "{endpoint}: {refused}");
    }
}

#[tokio::test]
async fn a_call_ends_as_soon_as_its_caller_asks() {
    let vendors = FakeVendors::start().await;
    for (order, operation) in [
        (OPENAI, OPENAI),
        (STABILITY, STABILITY),
        (Operation::FalSubmit, Operation::FalStatus),
        (Operation::FalSubmit, Operation::FalMedia),
    ] {
        vendors.fault(operation, Fault::Slow(Duration::from_secs(3_600)));
        let cancel = CancellationToken::new();
        let observer = Observer::new(cancel.clone(), |_, _| {});
        let maker = maker(&vendors, order, KEY);
        let request = scene();
        let draw = maker.draw(&request, &Unrecorded, &observer);
        tokio::pin!(draw);
        let before = vendors.calls(operation).len();
        while vendors.calls(operation).len() == before {
            tokio::select! {
                outcome = &mut draw => panic!("{outcome:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        cancel.cancel();
        assert_eq!(draw.await, Err(ProviderError::Cancelled), "{operation:?}");
        let stopped = maker.draw(&request, &Unrecorded, &observer).await;
        assert_eq!(stopped, Err(ProviderError::Cancelled));
    }
}
