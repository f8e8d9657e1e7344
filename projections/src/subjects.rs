//! The subjects of everything that goes over NATS.
//!
//! | subject | carries |
//! |---|---|
//! | `<prefix>.events.<category>.<Type>.<stage or none>` | JetStream: an event, and the stage it makes due |
//! | `<prefix>.changed.<noun>.<owner>.<id>` | core NATS: a read model's row was written; a hint |
//! | `<prefix>.progress.video.<owner>.<id>` | core NATS: how far a stage is; never stored |
//! | `<prefix>.held.<video>.<stage>.<attempt>` | core NATS: a worker is at it |
//! | `<prefix>.held.listening` | core NATS: who listens to the line above can hear |

use domain::{Stage, UserId};
use uuid::Uuid;

use crate::Attempt;

/// Subjects under one prefix. Two programs on one NATS server take two.
#[derive(Debug, Clone)]
pub struct Subjects {
    prefix: String,
}

impl Subjects {
    pub fn new(prefix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    /// The JetStream stream that holds the relayed events.
    pub fn stream_name(&self) -> String {
        format!("{}-events", self.prefix)
    }

    pub fn all_events(&self) -> String {
        format!("{}.events.>", self.prefix)
    }

    pub fn event(&self, category: &str, type_name: &str, due: Option<Stage>) -> String {
        let due = due.map_or("none", Stage::slug);
        format!("{}.events.{category}.{type_name}.{due}", self.prefix)
    }

    /// Events that make `stage` of some video due.
    pub fn due(&self, stage: Stage) -> String {
        format!("{}.events.video.*.{stage}", self.prefix)
    }

    /// Events of one type, whatever they make due.
    pub fn events_of_type(&self, category: &str, type_name: &str) -> String {
        format!("{}.events.{category}.{type_name}.*", self.prefix)
    }

    pub fn changed(&self, noun: &str, owner: UserId, id: Uuid) -> String {
        format!("{}.changed.{noun}.{owner}.{id}", self.prefix)
    }

    pub fn any_changed(&self, noun: &str, owner: UserId) -> String {
        format!("{}.changed.{noun}.{owner}.*", self.prefix)
    }

    pub fn progress(&self, owner: UserId, video: Uuid) -> String {
        format!("{}.progress.video.{owner}.{video}", self.prefix)
    }

    pub fn held(&self, attempt: Attempt) -> String {
        let Attempt {
            video,
            stage,
            number,
        } = attempt;
        format!("{}.held.{video}.{stage}.{number}", self.prefix)
    }

    pub fn any_held(&self) -> String {
        format!("{}.held.>", self.prefix)
    }

    pub(crate) fn listening(&self) -> String {
        format!("{}.held.listening", self.prefix)
    }

    /// The attempt that [`held`](Self::held) made `subject` of.
    pub(crate) fn held_attempt(subject: &str) -> Option<Attempt> {
        let mut parts = subject.rsplit('.');
        let (number, stage, video) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Attempt {
            video: video.parse().ok()?,
            stage: stage.parse().ok()?,
            number: number.parse().ok()?,
        })
    }

    pub fn any_progress(&self, owner: UserId) -> String {
        format!("{}.progress.video.{owner}.*", self.prefix)
    }
}
