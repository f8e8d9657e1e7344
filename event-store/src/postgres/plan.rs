//! What becomes of each append of a batch, given what the log holds. Pure.

use std::collections::HashMap;

use uuid::Uuid;

use crate::written::Written;
use crate::{AppendError, Appended, ExpectedRevision, Position, StreamName};

/// No stream has more events. Revisions are `bigint` in the database, and no
/// append is as long as what this leaves.
const LONGEST_STREAM: u64 = u64::MAX >> 2;

/// What an earlier transaction appended for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) stream: StreamName,
    pub(super) position: u64,
    pub(super) revision: u64,
}

/// What the log says about one append of the batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Revision of the stream's last event.
    pub(super) last_revision: Option<u64>,
    /// The append's command is in the log already.
    pub(super) done: Option<Done>,
}

impl Standing {
    /// What the caller of `written` believes; `None` when no stream can be so.
    pub(super) fn expected_by(written: &Written) -> Option<Self> {
        let last_revision = match written.expected {
            ExpectedRevision::NoStream => None,
            ExpectedRevision::Exact(revision) if revision < LONGEST_STREAM => Some(revision),
            ExpectedRevision::Exact(_) => return None,
        };
        Some(Self {
            last_revision,
            done: None,
        })
    }
}

/// What becomes of one append once the batch is committed.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Its events go in; the last of them ends up here.
    Insert(Appended),
    Repeat(Appended),
    Fail(AppendError),
}

/// Judges the appends in order; each sees what those before it insert.
/// Positions go up from `head` without a gap, and only inserts draw any.
pub(super) fn plan<'a>(
    head: Position,
    appends: impl IntoIterator<Item = (&'a Written, &'a Standing)>,
) -> Vec<Verdict> {
    let mut batch = Batch {
        head,
        revisions: HashMap::new(),
        commands: HashMap::new(),
    };
    appends
        .into_iter()
        .map(|(written, standing)| batch.judge(written, standing))
        .collect()
}

struct Batch<'a> {
    head: Position,
    /// Of the streams this batch appends to.
    revisions: HashMap<&'a StreamName, u64>,
    /// What this batch appends, by command.
    commands: HashMap<Uuid, Done>,
}

impl<'a> Batch<'a> {
    fn judge(&mut self, written: &'a Written, standing: &Standing) -> Verdict {
        let in_batch = || self.commands.get(&written.command_id);
        if let Some(done) = standing.done.as_ref().or_else(in_batch) {
            return self.repeat(written, done);
        }
        let actual = self
            .revisions
            .get(&written.stream)
            .copied()
            .or(standing.last_revision);
        if written.expected != ExpectedRevision::after(actual) {
            return Verdict::Fail(AppendError::Conflict {
                stream: written.stream.clone(),
                expected: written.expected,
                actual,
            });
        }
        self.insert(written)
    }

    fn repeat(&self, written: &Written, done: &Done) -> Verdict {
        if done.stream != written.stream {
            return Verdict::Fail(AppendError::Refused {
                reason: format!(
                    "command {} has appended to {} already, so it cannot append to {}; \
                     give each append a command id of its own",
                    written.command_id, done.stream, written.stream
                ),
            });
        }
        Verdict::Repeat(Appended {
            position: Position {
                epoch: self.head.epoch,
                value: done.position,
            },
            revision: done.revision,
            repeated: true,
        })
    }

    fn insert(&mut self, written: &'a Written) -> Verdict {
        let count = written.events.len() as u64;
        let revision = written.expected.next() + count - 1;
        self.head.value += count;
        self.revisions.insert(&written.stream, revision);
        self.commands.insert(
            written.command_id,
            Done {
                stream: written.stream.clone(),
                position: self.head.value,
                revision,
            },
        );
        Verdict::Insert(Appended {
            position: self.head,
            revision,
            repeated: false,
        })
    }
}

#[cfg(test)]
mod tests;
