//! Expected revisions, and which appends count as repeats.

use super::{Log, Proposed, Record};

/// What an append asks of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    Exists,
    NoStream,
    /// As the server reads it: a large unsigned number is a negative one.
    Revision(i64),
}

/// The stream is elsewhere, or holds some of the events but not all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongVersion {
    pub(crate) current: Option<u64>,
}

/// Revision and position of an append's last event; none when it had none.
pub(crate) type Appended = Option<(u64, u64)>;

const NO_STREAM: i64 = -1;

impl Log {
    /// With an exact revision the places after it decide: all events there
    /// already is a repeat, answered as at first, for ever. Without one, ids are
    /// remembered until a restart.
    pub(crate) fn append(
        &mut self,
        stream: &str,
        expected: Expected,
        events: Vec<Proposed>,
    ) -> Result<Appended, WrongVersion> {
        let current = self.last_revision(stream);
        let wrong = WrongVersion { current };
        let at = current.map_or(NO_STREAM, u64::cast_signed);
        match expected {
            Expected::Exists if current.is_none() => return Err(wrong),
            Expected::Any | Expected::Exists => {
                if let Some(repeat) = self.weak_repeat(stream, &events)? {
                    return Ok(Some(repeat));
                }
            }
            Expected::NoStream | Expected::Revision(NO_STREAM) if at > NO_STREAM => {
                return self.strong_repeat(stream, 0, &events).ok_or(wrong);
            }
            Expected::NoStream | Expected::Revision(NO_STREAM) => {}
            Expected::Revision(revision) if revision > at || revision < NO_STREAM => {
                return Err(wrong);
            }
            Expected::Revision(revision) if revision < at => {
                let next = (revision + 1).cast_unsigned();
                return self.strong_repeat(stream, next, &events).ok_or(wrong);
            }
            Expected::Revision(_) => {}
        }
        let mut appended = None;
        for event in events {
            let record = self.push(stream, event);
            appended = Some((record.revision, record.position));
        }
        Ok(appended)
    }

    /// All of `events` stand in `stream` from revision `next` on.
    fn strong_repeat(&self, stream: &str, next: u64, events: &[Proposed]) -> Option<Appended> {
        let there = self.of(stream).skip_while(|record| record.revision < next);
        let same: Vec<&Record> = there
            .zip(events)
            .take_while(|(record, event)| record.event.id == event.id)
            .map(|(record, _)| record)
            .collect();
        let last = same.last()?;
        (same.len() == events.len()).then_some(Some((last.revision, last.position)))
    }

    fn weak_repeat(
        &self,
        stream: &str,
        events: &[Proposed],
    ) -> Result<Option<(u64, u64)>, WrongVersion> {
        let find = |event: &Proposed| {
            let known = self.recent.contains(&event.id);
            let mut newest_first = self.of(stream).rev().filter(|_| known);
            newest_first.find(|record| record.event.id == event.id)
        };
        let Some(_) = events.first().and_then(find) else {
            return Ok(None);
        };
        let found: Option<Vec<&Record>> = events.iter().map(find).collect();
        match found.as_deref() {
            Some([.., last]) => Ok(Some((last.revision, last.position))),
            _ => Err(WrongVersion {
                current: self.last_revision(stream),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
