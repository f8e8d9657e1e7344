//! Owns the client and replaces it when it is no good any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::failure::{Cause, Failure, unavailable};
use super::session::{Opening, Session};
use crate::StoreError;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

#[derive(Clone)]
enum State {
    /// Why the last try failed, and whether trying again can help.
    Connecting(Option<(Failure, bool)>),
    Ready(Arc<Session>),
}

/// The way to the session that is good now.
#[derive(Clone)]
pub(super) struct Supervisor {
    state: watch::Receiver<State>,
}

impl Supervisor {
    /// Connects, and connects anew, until `stop`.
    pub(super) fn start(opening: Opening, stop: &CancellationToken) -> Self {
        let (sender, state) = watch::channel(State::Connecting(None));
        tokio::spawn(
            stop.clone()
                .run_until_cancelled_owned(supervise(opening, sender)),
        );
        Self { state }
    }

    /// Waits for the first session; what trying again cannot help ends the
    /// wait.
    pub(super) async fn first_session(&self, within: Duration) -> Result<(), StoreError> {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| match state {
            State::Ready(_) => true,
            State::Connecting(failed) => matches!(failed, Some((_, true))),
        });
        if let Ok(Ok(settled)) = timeout_at(Instant::now() + within, settled).await
            && matches!(*settled, State::Ready(_))
        {
            return Ok(());
        }
        Err(unavailable(self.failure()))
    }

    /// The session that is good now, or the first that comes before
    /// `deadline`, or why none does.
    pub(super) async fn session(&self, deadline: Instant) -> Result<Arc<Session>, Failure> {
        let mut state = self.state.clone();
        let good = state.wait_for(|state| match state {
            State::Ready(session) => !session.is_broken(),
            State::Connecting(_) => false,
        });
        if let Ok(Ok(state)) = timeout_at(deadline, good).await
            && let State::Ready(session) = &*state
        {
            return Ok(Arc::clone(session));
        }
        Err(self.failure())
    }

    fn failure(&self) -> Failure {
        match &*self.state.borrow() {
            State::Connecting(Some((failure, _))) => Arc::clone(failure),
            State::Connecting(None) | State::Ready(_) => Arc::new(Cause::Closed),
        }
    }
}

async fn supervise(opening: Opening, state: watch::Sender<State>) {
    let mut pause = FIRST_PAUSE;
    let mut failing = false;
    loop {
        match Session::open(&opening).await {
            Ok(session) => {
                if std::mem::take(&mut failing) {
                    info!("KurrentDB is reached again");
                }
                let session = Arc::new(session);
                state.send_replace(State::Ready(Arc::clone(&session)));
                let since = Instant::now();
                session.broken().await;
                if since.elapsed() > LONGEST_PAUSE {
                    pause = FIRST_PAUSE;
                }
                warn!("the connection to KurrentDB is given up; making another");
                state.send_replace(State::Connecting(None));
            }
            Err(fault) => {
                let (failure, is_lasting) = fault.into_failure();
                if !std::mem::replace(&mut failing, true) {
                    warn!(error = %failure, "KurrentDB cannot be reached; trying again");
                }
                state.send_replace(State::Connecting(Some((failure, is_lasting))));
            }
        }
        sleep(jittered(pause, &opening)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Between half of `pause` and all of it, so that processes come back one after
/// the other.
fn jittered(pause: Duration, opening: &Opening) -> Duration {
    let half = pause / 2;
    let share = opening.ids.fresh().as_u128() % (half.as_micros() + 1);
    half + Duration::from_micros(u64::try_from(share).unwrap_or(0))
}
