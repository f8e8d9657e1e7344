//! Asking one provider after another, until one has done it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::video::VideoCommand;
use domain::video::output::{ProviderCharge, ProviderSwitch};
use domain::{Failure, FailureClass};
use futures::future::BoxFuture;
use integrations::{Chain, Journal, ProviderError};

use super::record::record;
use super::stage::{Interrupted, Job};

/// Before a provider is asked again.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Who wants more time than this is not waited for: the next is asked.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What is asked for, and how often of each provider.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// In a stage that works by scenes.
    pub(super) scene: Option<u16>,
    /// How often a provider is asked before the next one.
    pub(super) tries: u32,
    /// Of the observer that the makers are handed.
    pub(super) journal: &'a Journal,
}

/// What a maker will answer.
type Answer<'a, T> = BoxFuture<'a, Result<T, ProviderError>>;

/// What the first of `makers` that can makes of it. Why another was asked goes
/// into the log. Who is out of order is passed over while somebody is left.
pub(super) async fn ask<'a, M, T>(
    job: &'a Job<'_>,
    asked: Asked<'_>,
    makers: &'a Chain<M>,
    name: fn(&M) -> &str,
    make: impl Fn(&'a M) -> Answer<'a, T> + Send + Sync,
) -> Result<T, Interrupted>
where
    M: ?Sized + Send + Sync,
    T: Send,
{
    let mut failures = Vec::new();
    let mut in_order: Vec<&Arc<M>> = makers.iter().collect();
    let health = &job.pipeline.health;
    let out_until = |maker: &M| health.out_until(&known_as(job, name(maker)));
    // Those who are out of order come last: better late than never.
    in_order.sort_by_key(|maker| out_until(maker).is_some());
    let first = in_order[0];
    for maker in makers.iter().take_while(|maker| !Arc::ptr_eq(maker, first)) {
        let passed_over = out_until(maker).map(|until| out_of_order(name(maker), until));
        if let Some(failure) = passed_over {
            switch(job, asked, (name(maker), name(first)), failure).await?;
        }
    }
    let mut in_order = in_order.into_iter().peekable();
    while let Some(maker) = in_order.next() {
        let provider = name(maker);
        let error = match ask_one(job, asked, &known_as(job, provider), || make(maker)).await {
            Ok(made) => return Ok(made),
            Err(ProviderError::Cancelled) => return Err(Interrupted::Stopped),
            Err(ProviderError::NotAsked { failure }) => return Err(Interrupted::Failed(failure)),
            Err(error) => error,
        };
        let failure = error.failure(provider);
        tracing::warn!(
            video.id = %job.video,
            correlation.id = %job.message.correlation_id,
            stage = %job.production.stage,
            scene = asked.scene,
            provider,
            code = failure.code,
            "a provider failed"
        );
        if let Some(next) = in_order.peek() {
            switch(job, asked, (provider, name(next)), failure.clone()).await?;
        }
        failures.push(failure);
    }
    Err(Interrupted::Failed(together(failures)))
}

/// As often as it may be asked, with pauses between.
async fn ask_one<'a, T: Send>(
    job: &Job<'_>,
    asked: Asked<'_>,
    known_as: &str,
    make: impl Fn() -> Answer<'a, T> + Send + Sync,
) -> Result<T, ProviderError> {
    let health = &job.pipeline.health;
    let mut pause = FIRST_PAUSE;
    let mut tries = 1;
    loop {
        asked.journal.accept();
        let outcome = make().await;
        // Before anything else: what it cost is spent, whatever came of it.
        charge(job, asked).await?;
        let error = match outcome {
            Ok(made) => {
                health.succeeded(known_as);
                return Ok(made);
            }
            Err(error) => error,
        };
        if is_about_answer(&error) {
            asked.journal.reject().await;
        }
        health.failed(known_as, &error);
        let wait = match &error {
            ProviderError::RateLimited {
                retry_after: Some(wait),
            } => *wait,
            ProviderError::RateLimited { .. }
            | ProviderError::Unavailable { .. }
            | ProviderError::Malformed { .. } => pause,
            _ => return Err(error),
        };
        if tries == asked.tries || wait > LONGEST_PAUSE {
            return Err(error);
        }
        tries += 1;
        pause *= 2;
        tokio::select! {
            () = job.observer.cancelled() => return Err(ProviderError::Cancelled),
            () = tokio::time::sleep(wait.mul_f64(1.0 + job.pipeline.jitter() / 2.0)) => {}
        }
    }
}

/// What the calls cost that were made.
async fn charge(job: &Job<'_>, asked: Asked<'_>) -> Result<(), ProviderError> {
    for charge in asked.journal.take_charges() {
        let charge = ProviderCharge {
            call: charge.call,
            stage: job.production.stage,
            attempt: job.production.attempt,
            scene: asked.scene,
            provider: charge.provider,
            model: charge.model,
            usage: charge.usage,
            cost: charge.cost,
            price: charge.price,
            is_estimate: charge.is_estimate,
        };
        note(job, VideoCommand::RecordCharge(charge))
            .await
            .map_err(|interrupted| match interrupted {
                Interrupted::Stopped => ProviderError::Cancelled,
                Interrupted::Failed(failure) => ProviderError::NotAsked { failure },
            })?;
    }
    Ok(())
}

/// Why not the first, `from`, but the other, `to`, is asked.
async fn switch(
    job: &Job<'_>,
    asked: Asked<'_>,
    (from, to): (&str, &str),
    failure: Failure,
) -> Result<(), Interrupted> {
    let switch = ProviderSwitch {
        stage: job.production.stage,
        attempt: job.production.attempt,
        scene: asked.scene,
        from: from.to_owned(),
        to: to.to_owned(),
        failure,
    };
    note(job, VideoCommand::SwitchProvider(switch)).await
}

/// Why a provider is passed over without being asked.
fn out_of_order(provider: &str, until: DateTime<Utc>) -> Failure {
    let until = until.format("%H:%M:%S UTC");
    Failure {
        class: FailureClass::Retryable,
        code: "out-of-order".to_owned(),
        message: format!("{provider} has failed lately and is not asked before {until}"),
        retry_after_ms: None,
    }
}

/// It was answered, and the answer is of no use.
fn is_about_answer(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::Malformed { .. } | ProviderError::Refused { .. }
    )
}

/// Puts what happened on the way into the log.
pub(super) async fn note(job: &Job<'_>, command: VideoCommand) -> Result<(), Interrupted> {
    let stage = job.production.stage;
    let noted = record(job.pipeline, stage.slug(), job.message, command, &job.stop);
    noted.await.map_err(|error| {
        Interrupted::failed(
            FailureClass::Retryable,
            "not-recorded",
            format!(
                "what happened in {} could not be recorded: {error}",
                stage.label()
            ),
        )
    })?;
    Ok(())
}

/// One provider is in order for one kind of work and out of order for another.
fn known_as(job: &Job<'_>, provider: &str) -> String {
    format!("{}/{provider}", job.production.stage)
}

/// One failure of all of them. It is worth another attempt if any of them is.
fn together(mut failures: Vec<Failure>) -> Failure {
    if failures.len() == 1 {
        return failures.remove(0);
    }
    let says: Vec<_> = failures.iter().map(|f| f.message.as_str()).collect();
    let message = says.join("; ");
    let is_temporary = |failure: &Failure| failure.class == FailureClass::Retryable;
    let soonest = failures.iter().filter(|failure| is_temporary(failure));
    let retry_after_ms = soonest.map(|f| f.retry_after_ms.unwrap_or(0)).min();
    let worst = failures.iter().position(is_temporary).unwrap_or(0);
    Failure {
        message,
        retry_after_ms: retry_after_ms.filter(|wait| *wait > 0),
        ..failures.swap_remove(worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(class: FailureClass, code: &str, retry_after_ms: Option<u64>) -> Failure {
        Failure {
            class,
            code: code.to_owned(),
            message: format!("says {code}"),
            retry_after_ms,
        }
    }

    #[test]
    fn of_several_failures_all_are_told_and_the_one_that_can_pass_decides() {
        use FailureClass::{Retryable, UserFixable};
        let together = together(vec![
            failure(UserFixable, "unauthorized", None),
            failure(Retryable, "rate-limited", Some(7_000)),
            failure(Retryable, "unavailable", Some(9_000)),
        ]);
        assert_eq!(
            (together.class, together.retry_after_ms),
            (Retryable, Some(7_000))
        );
        assert_eq!(
            together.message,
            "says unauthorized; says rate-limited; says unavailable"
        );
        let fixable = vec![
            failure(UserFixable, "a", None),
            failure(UserFixable, "b", None),
        ];
        assert_eq!(super::together(fixable).code, "a");
    }
}
