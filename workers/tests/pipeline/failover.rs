//! Who is asked when a provider fails, and what the log says of it.

use std::sync::Arc;

use domain::video::output::{ProviderCharge, ProviderSwitch};
use domain::{FailureClass, Microusd, Stage};
use fake_vendors::{FakeVendors, Fault, KEY, Operation};
use integrations::script::{Claude, ModelWriter, OpenAi};
use integrations::vendor::{Account, Prices};
use integrations::{Chain, Prompts, Providers, openai};
use projections::video::VideoStatus;

use crate::studio::Studio;

const FIRST: Operation = Operation::OpenAiChat;
const SECOND: Operation = Operation::AnthropicMessages;

/// Scripts by OpenAI, then by Anthropic; the rest is made by the studio's fakes.
fn providers(studio: &Studio, vendors: &FakeVendors) -> Providers {
    let account = |base: String| Account::try_new("BASE_URL", &base, Some(KEY.into())).unwrap();
    let (prompts, prices) = (Prompts::built_in(), Prices::built_in());
    let first = OpenAi::try_new(openai::NAME, "gpt-4.1-mini", account(vendors.openai()));
    let first = ModelWriter::try_new(first.unwrap(), prompts.clone(), &prices).unwrap();
    let second = Claude::try_new("claude-haiku-4-5", account(vendors.anthropic()));
    let second = ModelWriter::try_new(second.unwrap(), prompts, &prices).unwrap();
    Providers {
        script: Chain::of(Arc::new(first) as _).then(Arc::new(second)),
        ..studio.makers.providers()
    }
}

fn is_written(stages: &[Stage]) -> bool {
    stages.contains(&Stage::Script)
}

#[tokio::test]
async fn another_provider_is_asked_and_the_log_says_why() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    for (fault, class, code) in [
        (Fault::ServerError, FailureClass::Retryable, "unavailable"),
        (Fault::CutConnection, FailureClass::Retryable, "unavailable"),
        (
            Fault::WrongJson,
            FailureClass::Retryable,
            "malformed-answer",
        ),
        (
            Fault::WrongContent,
            FailureClass::Retryable,
            "malformed-answer",
        ),
        (
            Fault::RateLimited {
                retry_after_s: Some(60),
            },
            FailureClass::Retryable,
            "rate-limited",
        ),
        (
            Fault::Unauthorized,
            FailureClass::UserFixable,
            "unauthorized",
        ),
        (
            Fault::OutOfCredit,
            FailureClass::UserFixable,
            "out-of-credit",
        ),
        (Fault::Refused, FailureClass::UserFixable, "refused"),
    ] {
        // Workers that have seen nothing of the faults before.
        let workers = studio.workers_with(providers(&studio, &vendors)).await;
        vendors.always(FIRST, fault);
        let video = studio.request_without_film().await;
        studio.until_completed(video, is_written).await;

        let switches: Vec<ProviderSwitch> = studio.data(video, "ProviderSwitched").await;
        let [switch] = &switches[..] else {
            panic!("{fault:?}: {switches:#?}")
        };
        assert_eq!((&*switch.from, &*switch.to), ("openai", "anthropic"));
        assert_eq!((switch.failure.class, &*switch.failure.code), (class, code));
        assert!(!switch.failure.message.contains(KEY), "{switch:?}");
        assert_eq!(studio.started(video).await[..1], [Stage::Script]);
        let story = studio.story(video).await.join("\n");
        assert!(story.contains("asking anthropic instead"), "{story}");
        assert!(story.contains("written by anthropic"), "{story}");
        vendors.mend();
        workers.stop().await;
    }
}

#[tokio::test]
async fn every_call_that_costs_is_in_the_log_though_nothing_came_of_it() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let _workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(FIRST, Fault::WrongContent);
    let video = studio.request_without_film().await;
    studio.until_completed(video, is_written).await;

    let charges: Vec<ProviderCharge> = studio.data(video, "ProviderCharged").await;
    let by: Vec<_> = charges.iter().map(|charge| &*charge.provider).collect();
    // It was asked to mend the first.
    assert_eq!(by, ["openai", "openai", "anthropic"]);
    for charge in &charges {
        assert!(charge.cost > Microusd::ZERO, "{charge:?}");
        assert!(
            charge
                .price
                .as_ref()
                .is_some_and(|price| price.source.starts_with("https://"))
        );
        assert_eq!((charge.stage, charge.attempt), (Stage::Script, 1));
    }
    let spent: Microusd = charges.iter().map(|charge| charge.cost).sum();
    let view = studio.until_seen(video, |view| {
        let seen = view.as_ref();
        seen.is_some_and(|view| view.costs.len() == charges.len())
    });
    assert_eq!(view.await.unwrap().cost, spent);
}

#[tokio::test]
async fn who_fails_again_and_again_is_passed_over() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let _workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(FIRST, Fault::ServerError);
    for _ in 0..5 {
        let video = studio.request_without_film().await;
        studio.until_completed(video, is_written).await;
    }
    assert_eq!(vendors.calls(FIRST).len(), 3);
    assert_eq!(vendors.calls(SECOND).len(), 5);
    let video = studio.request_without_film().await;
    studio.until_completed(video, is_written).await;
    let switches: Vec<ProviderSwitch> = studio.data(video, "ProviderSwitched").await;
    let [switch] = &switches[..] else {
        panic!("{switches:#?}")
    };
    assert_eq!((&*switch.from, &*switch.to), ("openai", "anthropic"));
    assert_eq!(switch.failure.code, "out-of-order");
}

#[tokio::test]
async fn when_nobody_can_the_stage_is_tried_again_and_then_says_what_each_said() {
    let (studio, vendors) = (Studio::open().await, FakeVendors::start().await);
    let _workers = studio.workers_with(providers(&studio, &vendors)).await;
    vendors.always(FIRST, Fault::Unauthorized);
    vendors.always(SECOND, Fault::ServerError);
    let video = studio.request_without_film().await;

    let failed = studio.until(video, VideoStatus::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.class, FailureClass::Retryable, "{failure:?}");
    assert!(
        failure.message.contains("openai does not accept its key"),
        "{failure:?}"
    );
    assert!(
        failure.message.contains("anthropic is unavailable"),
        "{failure:?}"
    );
    assert_eq!(studio.started(video).await, [Stage::Script; 3]);
    // Nothing that failed was paid for.
    let calls = [vendors.calls(FIRST), vendors.calls(SECOND)].concat();
    assert!(calls.iter().all(|call| !call.is_answered), "{calls:#?}");
}
