use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{Observer, ProviderError};

/// One maker, by the request it takes, or another port by what goes in and how
/// it fails.
///
/// Answers at once and well unless told otherwise, and remembers every request,
/// whether it was answered, failed or given up.
pub struct Fake<R, E = ProviderError> {
    failures: Mutex<Vec<Failures<R, E>>>,
    calls: watch::Sender<Vec<R>>,
    blocked: watch::Sender<Option<Concern<R>>>,
}

type Concern<R> = Box<dyn Fn(&R) -> bool + Send + Sync>;

struct Failures<R, E> {
    left: usize,
    error: E,
    concerns: Concern<R>,
}

impl<R, E> Default for Fake<R, E> {
    fn default() -> Self {
        Self {
            failures: Mutex::default(),
            calls: watch::Sender::new(Vec::new()),
            blocked: watch::Sender::new(None),
        }
    }
}

impl<R: Clone, E: Clone> Fake<R, E> {
    /// The next `times` calls fail; those asked for earlier come first.
    pub fn fail(&self, times: usize, error: E) {
        self.fail_where(times, error, |_| true);
    }

    /// The next `times` calls that `concerns` is true of fail.
    pub fn fail_where(
        &self,
        times: usize,
        error: E,
        concerns: impl Fn(&R) -> bool + Send + Sync + 'static,
    ) {
        self.failures().push(Failures {
            left: times,
            error,
            concerns: Box::new(concerns),
        });
    }

    /// From now on calls are counted, then wait for [`release`](Self::release)
    /// or their cancellation.
    pub fn block(&self) {
        self.block_where(|_| true);
    }

    /// The same for the calls that `concerns` is true of; others go on.
    pub fn block_where(&self, concerns: impl Fn(&R) -> bool + Send + Sync + 'static) {
        self.blocked.send_replace(Some(Box::new(concerns)));
    }

    /// Lets every waiting and later call go on.
    pub fn release(&self) {
        self.blocked.send_replace(None);
    }

    /// Every request so far, in the order of the calls.
    pub fn calls(&self) -> Vec<R> {
        self.calls.borrow().clone()
    }

    /// How many calls `concerns` is true of, such as those for one scene.
    pub fn count(&self, concerns: impl Fn(&R) -> bool) -> usize {
        self.calls
            .borrow()
            .iter()
            .filter(|call| concerns(call))
            .count()
    }

    /// Waits until there have been so many calls.
    pub async fn called(&self, times: usize) {
        self.calls
            .subscribe()
            .wait_for(|calls| calls.len() >= times)
            .await
            .expect("the sender lives as long as the fake");
    }

    pub(super) fn count_call(&self, request: &R) {
        self.calls.send_modify(|calls| calls.push(request.clone()));
    }

    /// Waits for as long as the call is blocked.
    pub(super) async fn outcome(&self, request: &R) -> Result<(), E> {
        self.blocked
            .subscribe()
            .wait_for(|blocked| !blocked.as_ref().is_some_and(|concerns| concerns(request)))
            .await
            .expect("the sender lives as long as the fake");
        self.next_failure(request).map_or(Ok(()), Err)
    }

    fn next_failure(&self, request: &R) -> Option<E> {
        let mut failures = self.failures();
        let due = failures
            .iter_mut()
            .find(|failure| failure.left > 0 && (failure.concerns)(request))?;
        due.left -= 1;
        Some(due.error.clone())
    }

    fn failures(&self) -> MutexGuard<'_, Vec<Failures<R, E>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Clone> Fake<R> {
    pub(super) async fn answer<T>(
        &self,
        request: &R,
        observer: &Observer,
        make: impl FnOnce(&R) -> T,
    ) -> Result<T, ProviderError> {
        self.count_call(request);
        observer.progress(0, 1);
        tokio::select! {
            biased;
            () = observer.cancelled() => return Err(ProviderError::Cancelled),
            outcome = self.outcome(request) => outcome?,
        }
        observer.progress(1, 1);
        Ok(make(request))
    }
}
