//! What is wrong with the node at the moment.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// `MaxAppendSize` of KurrentDB 24.10 and before.
const MAX_APPEND_BYTES: usize = 1024 * 1024;

/// When the reply to an append is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The request never has an effect.
    BeforeCommit,
    /// The events are in the log.
    AfterCommit,
}

/// What becomes of the node once a reply was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LostReply {
    pub(crate) when: Lost,
    pub(crate) then_down: bool,
}

pub(crate) struct Faults {
    hung: watch::Sender<bool>,
    lost_reply: Mutex<Option<LostReply>>,
    leader_elsewhere: Mutex<Option<SocketAddr>>,
    subscriptions: Mutex<CancellationToken>,
    cut_short: AtomicBool,
    max_append_bytes: AtomicUsize,
}

impl Faults {
    pub(crate) fn none() -> Self {
        Self {
            hung: watch::Sender::new(false),
            lost_reply: Mutex::default(),
            leader_elsewhere: Mutex::default(),
            subscriptions: Mutex::default(),
            cut_short: AtomicBool::new(false),
            max_append_bytes: AtomicUsize::new(MAX_APPEND_BYTES),
        }
    }

    pub(crate) fn hang(&self, hung: bool) {
        self.hung.send_replace(hung);
    }

    /// Resolves once the node speaks again.
    pub(crate) async fn until_awake(&self) {
        let mut hung = self.hung.subscribe();
        // The sender lives as long as this does.
        let _ = hung.wait_for(|hung| !hung).await;
    }

    pub(crate) fn lose_next_reply(&self, lost: LostReply) {
        *lock(&self.lost_reply) = Some(lost);
    }

    /// The reply to lose, if it is to be lost at `when`.
    pub(crate) fn lost_reply(&self, when: Lost) -> Option<LostReply> {
        lock(&self.lost_reply).take_if(|lost| lost.when == when)
    }

    pub(crate) fn set_leader_elsewhere(&self, leader: Option<SocketAddr>) {
        *lock(&self.leader_elsewhere) = leader;
    }

    pub(crate) fn leader_elsewhere(&self) -> Option<SocketAddr> {
        *lock(&self.leader_elsewhere)
    }

    pub(crate) fn end_subscriptions(&self) {
        std::mem::take(&mut *lock(&self.subscriptions)).cancel();
    }

    /// Cancelled when subscriptions that run now are to end.
    pub(crate) fn end_of_subscriptions(&self) -> CancellationToken {
        lock(&self.subscriptions).clone()
    }

    pub(crate) fn cut_next_read_short(&self) {
        self.cut_short.store(true, Ordering::SeqCst);
    }

    pub(crate) fn takes_cut(&self) -> bool {
        self.cut_short.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn set_max_append_bytes(&self, bytes: usize) {
        self.max_append_bytes.store(bytes, Ordering::SeqCst);
    }

    pub(crate) fn max_append_bytes(&self) -> usize {
        self.max_append_bytes.load(Ordering::SeqCst)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
