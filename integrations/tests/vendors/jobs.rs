//! What becomes of the jobs in fal's queue.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use fake_vendors::{FakeVendors, Fault, KEY, Operation};
use integrations::images::{DrawnImage, ImageMaker, JobRecord};
use integrations::{Observer, ProviderError};
use tokio_util::sync::CancellationToken;

use crate::support::{PATIENCE, account, flux, painter, scene};

const MODEL: &str = "fal-ai/flux/schnell";

/// The ids of one picture's jobs, the latest last.
#[derive(Default)]
struct Recorded {
    jobs: Mutex<Vec<String>>,
    is_full: bool,
    outlives_call: bool,
}

#[async_trait]
impl JobRecord for Recorded {
    fn known(&self, provider: &str) -> Option<String> {
        assert_eq!(provider, "fal");
        self.jobs().last().cloned()
    }

    async fn started(&self, provider: &str, job: &str) -> Result<(), ProviderError> {
        assert_eq!(provider, "fal");
        if self.is_full {
            let problem = "nothing can be recorded".to_owned();
            return Err(ProviderError::Unavailable { problem });
        }
        self.jobs.lock().unwrap().push(job.to_owned());
        Ok(())
    }

    fn outlives_call(&self) -> bool {
        self.outlives_call
    }
}

impl Recorded {
    fn jobs(&self) -> Vec<String> {
        self.jobs.lock().unwrap().clone()
    }
}

async fn draw(vendors: &FakeVendors, jobs: &Recorded) -> Result<DrawnImage, ProviderError> {
    let maker = flux(vendors, MODEL, KEY);
    maker.draw(&scene(), jobs, &Observer::silent()).await
}

/// Stops a call whose job is under way.
async fn stop(vendors: &FakeVendors, jobs: &Recorded) {
    vendors.fault(
        Operation::FalStatus,
        Fault::Slow(Duration::from_secs(3_600)),
    );
    let cancel = CancellationToken::new();
    let observer = Observer::new(cancel.clone(), |_, _| {});
    let maker = flux(vendors, MODEL, KEY);
    let request = scene();
    let draw = maker.draw(&request, jobs, &observer);
    tokio::pin!(draw);
    while vendors.calls(Operation::FalStatus).is_empty() {
        tokio::select! {
            outcome = &mut draw => panic!("{outcome:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    cancel.cancel();
    assert_eq!(draw.await, Err(ProviderError::Cancelled));
}

#[tokio::test]
async fn a_job_that_was_recorded_is_gone_on_with_and_never_ordered_twice() {
    let vendors = FakeVendors::start().await;
    for operation in [
        Operation::FalStatus,
        Operation::FalResult,
        Operation::FalMedia,
    ] {
        let jobs = Recorded::default();
        vendors.fault(operation, Fault::ServerError);
        draw(&vendors, &jobs).await.unwrap_err();
        draw(&vendors, &jobs).await.unwrap();
        assert_eq!(jobs.jobs().len(), 1, "{operation:?}");
    }
    assert_eq!(vendors.calls(Operation::FalSubmit).len(), 3);
}

#[tokio::test]
async fn a_job_is_recorded_before_it_is_waited_for() {
    let vendors = FakeVendors::start().await;
    let jobs = Recorded {
        is_full: true,
        ..Recorded::default()
    };
    let error = draw(&vendors, &jobs).await.unwrap_err().to_string();
    assert!(error.contains("nothing can be recorded"), "{error}");
    assert!(vendors.calls(Operation::FalStatus).is_empty());
    // Nobody would ever fetch it.
    assert_eq!(vendors.calls(Operation::FalCancel).len(), 1);
}

#[tokio::test]
async fn a_job_of_which_nothing_comes_is_ordered_anew() {
    let vendors = FakeVendors::start().await;
    let faults = [
        (Operation::FalStatus, Fault::JobFailed),
        (Operation::FalStatus, Fault::Refused),
        (Operation::FalResult, Fault::Refused),
        (Operation::FalResult, Fault::JobFailed),
        (Operation::FalMedia, Fault::WrongContent),
    ];
    for (operation, fault) in faults {
        let jobs = Recorded::default();
        vendors.fault(Operation::FalStatus, Fault::ServerError);
        draw(&vendors, &jobs).await.unwrap_err();
        vendors.fault(operation, fault);
        draw(&vendors, &jobs).await.unwrap();
        assert_eq!(jobs.jobs().len(), 2, "{operation:?} {fault:?}");
    }

    let jobs = Recorded::default();
    vendors.fault(Operation::FalStatus, Fault::ServerError);
    draw(&vendors, &jobs).await.unwrap_err();
    vendors.forget_jobs();
    draw(&vendors, &jobs).await.unwrap();
    assert_eq!(jobs.jobs().len(), 2);
    // What was recorded is no id at all.
    let jobs = Recorded::default();
    jobs.jobs.lock().unwrap().push("../../../admin".to_owned());
    draw(&vendors, &jobs).await.unwrap();
    assert_eq!(jobs.jobs().len(), 2);
}

#[tokio::test]
async fn a_new_job_that_fails_is_told_and_not_ordered_again() {
    let vendors = FakeVendors::start().await;
    let jobs = Recorded::default();
    vendors.fault(Operation::FalStatus, Fault::JobFailed);
    let error = draw(&vendors, &jobs).await.unwrap_err().to_string();
    assert!(error.contains("unavailable: its job failed"), "{error}");
    assert_eq!(jobs.jobs().len(), 1);
}

#[tokio::test]
async fn a_job_is_cancelled_with_its_call_unless_it_is_asked_for_again() {
    let vendors = FakeVendors::start().await;
    stop(&vendors, &Recorded::default()).await;
    assert_eq!(vendors.calls(Operation::FalCancel).len(), 1);

    let vendors = FakeVendors::start().await;
    let jobs = Recorded {
        outlives_call: true,
        ..Recorded::default()
    };
    stop(&vendors, &jobs).await;
    assert!(vendors.calls(Operation::FalCancel).is_empty());
    draw(&vendors, &jobs).await.unwrap();
    assert_eq!(vendors.calls(Operation::FalSubmit).len(), 1);
}

#[tokio::test]
async fn a_cancellation_that_fails_does_not_hold_up_who_asked() {
    let vendors = FakeVendors::start().await;
    vendors.fault(Operation::FalCancel, Fault::ServerError);
    stop(&vendors, &Recorded::default()).await;
    assert!(!vendors.calls(Operation::FalCancel)[0].is_answered);
}

#[tokio::test]
async fn a_job_that_takes_too_long_is_left_in_the_queue_and_found_there_again() {
    let vendors = FakeVendors::start().await;
    let jobs = Recorded::default();
    let model = integrations::images::Flux::try_new(MODEL, account(&vendors.fal()));
    let hasty = painter(model.unwrap().polling(PATIENCE, Duration::from_millis(100)));
    let late = hasty.draw(&scene(), &jobs, &Observer::silent()).await;
    let error = late.unwrap_err().to_string();
    assert!(error.contains("still in its queue"), "{error}");
    draw(&vendors, &jobs).await.unwrap();
    assert_eq!(vendors.calls(Operation::FalSubmit).len(), 1);
}
