//! Turns at hashing: a bounded number at once, each in memory of its own.
//!
//! The memory is kept from one turn to the next. Given back each time it would
//! stay in whichever of the allocator's arenas its thread used, and of those
//! there are many more than turns.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Overloaded;
use super::hashing::Memory;

/// How long somebody may wait for their turn.
const QUEUE_FOR: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) struct Turns {
    at_once: Arc<Semaphore>,
    idle: Idle,
}

impl Turns {
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            idle: Idle::default(),
        }
    }

    pub(super) async fn take(&self) -> Result<Turn, Overloaded> {
        let turn = Arc::clone(&self.at_once).acquire_owned();
        match tokio::time::timeout(QUEUE_FOR, turn).await {
            Ok(Ok(permit)) => Ok(Turn {
                memory: self.idle.pop(),
                idle: self.idle.clone(),
                _permit: permit,
            }),
            Ok(Err(_)) | Err(_) => Err(Overloaded),
        }
    }
}

pub(super) struct Turn {
    memory: Memory,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Works off the runtime. The turn is held until the work is done, also when
    /// its caller gave up.
    pub(super) async fn work<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> T {
        let working = tokio::task::spawn_blocking(move || work(&mut self.memory));
        working.await.expect("hashing does not panic")
    }
}

impl Drop for Turn {
    /// The memory is back before the permit is, which the next one takes first.
    fn drop(&mut self) {
        self.idle.push(mem::take(&mut self.memory));
    }
}

/// Memory that nobody works in: never more pieces than turns.
#[derive(Clone, Default)]
struct Idle(Arc<Mutex<Vec<Memory>>>);

impl Idle {
    /// Empty when all that there is is in use.
    fn pop(&self) -> Memory {
        self.pieces().pop().unwrap_or_default()
    }

    fn push(&self, memory: Memory) {
        self.pieces().push(memory);
    }

    fn pieces(&self) -> MutexGuard<'_, Vec<Memory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::Block;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn there_are_never_more_pieces_of_memory_than_turns() {
        let turns = Turns::new(2);
        let many = (0..16).map(|_| {
            let turns = turns.clone();
            async move {
                let turn = turns.take().await.unwrap();
                turn.work(|memory| memory.push(Block::new())).await;
            }
        });
        many.collect::<JoinSet<_>>().join_all().await;
        let pieces = turns.idle.pieces();
        assert!(pieces.len() <= 2, "{}", pieces.len());
        assert_eq!(pieces.iter().map(Vec::len).sum::<usize>(), 16);
    }
}
