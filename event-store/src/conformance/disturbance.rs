//! Ways to come between a store and what keeps its log.

use async_trait::async_trait;

/// Where the connection dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The commit never arrives.
    BeforeCommit,
    /// The commit is done, and nobody hears of it.
    AfterCommit,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// A new connection works at once.
    Reachable,
    /// Nothing gets through until [`Disturbance::come_back`].
    Away,
}

/// Offered by a subject whose store can be disturbed.
#[async_trait]
pub trait Disturbance: Send + Sync {
    /// Cuts the next append off.
    async fn cut_next_commit(&self, cut: Cut, then: Then);

    /// Cuts all connections, and lets none be made.
    async fn go_away(&self);

    async fn come_back(&self);
}
