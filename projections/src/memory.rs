//! Documents that a projector wrote last, so that a long run need not read them
//! back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use event_store::RecordedEvent;
use uuid::Uuid;

/// By the id of its stream; `None` where no row is, or none is to be left.
pub(crate) type Documents<V> = HashMap<Uuid, Option<V>>;

/// Remembers up to twice its size: what was touched lately, and what was
/// touched before that.
#[derive(Debug)]
pub(crate) struct Memory<V> {
    size: usize,
    known: Mutex<Known<V>>,
}

#[derive(Debug)]
struct Known<V> {
    lately: Documents<V>,
    before: Documents<V>,
}

impl<V> Default for Memory<V> {
    /// Remembers nothing: others may write the rows too.
    fn default() -> Self {
        Self::of(0)
    }
}

impl<V> Memory<V> {
    /// For who is alone in writing the rows.
    pub(crate) fn of(size: usize) -> Self {
        let known = Known {
            lately: HashMap::new(),
            before: HashMap::new(),
        };
        Self {
            size,
            known: Mutex::new(known),
        }
    }

    /// What is known of the documents that `events` are about, and the ids of
    /// those that must be read. What is taken is known no more until it is kept
    /// again, which it is not when writing it fails.
    pub(crate) fn take(&self, events: &[RecordedEvent]) -> (Documents<V>, Vec<Uuid>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = Documents::new();
        let mut unknown = Vec::new();
        for event in events {
            let id = event.stream.id;
            if found.contains_key(&id) {
                continue;
            }
            let lately = known.lately.remove(&id);
            let remembered = lately.or_else(|| known.before.remove(&id));
            // Before its first event there is nothing of it.
            if remembered.is_none() && event.revision > 0 {
                unknown.push(id);
            }
            found.insert(id, remembered.flatten());
        }
        (found, unknown)
    }

    pub(crate) fn keep(&self, documents: Documents<V>) {
        if self.size == 0 {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.lately.extend(documents);
        if known.lately.len() > self.size {
            known.before = std::mem::take(&mut known.lately);
        }
    }
}
