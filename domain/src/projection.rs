//! A read model: rebuilt beside itself, swapped in, rolled back; and what is
//! decided about events that it could not take.

mod command;
mod error;
mod event;
mod name;
#[cfg(test)]
mod tests;

pub use command::{ProjectionCommand, ProjectionOrder};
pub use error::ProjectionError;
pub use event::{Comparison, ProjectionEvent, RebuildCause};
pub use name::{ProjectionName, SkipReason};

use crate::{Aggregate, UserId};

/// The first version, which nobody asked for.
const FIRST_VERSION: u32 = 1;

/// Versions are numbered in the order they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// What readers see.
    live: u32,
    /// What can be rolled back to.
    previous: Option<u32>,
    /// The latest that was asked for.
    last: u32,
    work: Option<Work>,
}

/// What is being done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Rebuild {
        version: u32,
        /// The oldest logic that it may be built with.
        logic: u32,
        pace: Pace,
        /// It goes live whether or not its rows are those of the live version.
        accepts_difference: bool,
    },
    /// `version` catches up, to go live again.
    Rollback { version: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    Running,
    Paused,
    /// Its rows differ from those of the live version, though the logic is the
    /// same: somebody must decide.
    Held,
}

impl Default for Projection {
    fn default() -> Self {
        Self {
            live: FIRST_VERSION,
            previous: None,
            last: FIRST_VERSION,
            work: None,
        }
    }
}

impl Projection {
    pub fn live(&self) -> u32 {
        self.live
    }

    pub fn previous(&self) -> Option<u32> {
        self.previous
    }

    pub fn work(&self) -> Option<Work> {
        self.work
    }

    /// The rebuild under way: its version and pace.
    fn rebuild(&self) -> Result<(u32, Pace), ProjectionError> {
        match self.work {
            Some(Work::Rebuild { version, pace, .. }) => Ok((version, pace)),
            Some(Work::Rollback { .. }) | None => Err(ProjectionError::NotRebuilding),
        }
    }

    fn idle(&self) -> Result<(), ProjectionError> {
        match self.work {
            None => Ok(()),
            Some(Work::Rebuild { version, .. }) => {
                Err(ProjectionError::AlreadyRebuilding { version })
            }
            Some(Work::Rollback { version }) => {
                Err(ProjectionError::AlreadyRollingBack { version })
            }
        }
    }

    fn goes_live(mut self, version: u32) -> Self {
        if version != self.live {
            self.previous = Some(self.live);
            self.live = version;
        }
        self.last = self.last.max(version);
        self.work = None;
        self
    }

    fn at_pace(mut self, new: Pace, accepted: bool) -> Self {
        if let Some(Work::Rebuild {
            pace,
            accepts_difference,
            ..
        }) = &mut self.work
        {
            *pace = new;
            *accepts_difference |= accepted;
        }
        self
    }
}

impl Aggregate for Projection {
    const CATEGORY: &'static str = "projection";

    type Command = ProjectionCommand;
    type Event = ProjectionEvent;
    type Error = ProjectionError;

    /// Nobody's: the program's own. Who may command it is checked before.
    fn owner(&self) -> Option<UserId> {
        None
    }

    fn decide(&self, command: ProjectionCommand) -> Result<Vec<ProjectionEvent>, ProjectionError> {
        use ProjectionEvent as E;
        use ProjectionOrder as O;
        let ProjectionCommand { projection, order } = command;
        Ok(match order {
            O::Rebuild { cause, logic } => {
                self.idle()?;
                let version = self.last + 1;
                vec![E::RebuildRequested {
                    projection,
                    version,
                    logic,
                    cause,
                }]
            }
            O::Pause => match self.rebuild()? {
                (_, Pace::Paused) => vec![],
                (version, _) => vec![E::RebuildPaused {
                    projection,
                    version,
                }],
            },
            O::Resume { accept_difference } => match self.rebuild()? {
                (_, Pace::Running) if !accept_difference => vec![],
                (version, _) => vec![E::RebuildResumed {
                    projection,
                    version,
                    accept_difference,
                }],
            },
            O::Cancel => match self.work {
                None => return Err(ProjectionError::NothingToCancel),
                Some(Work::Rebuild { version, .. }) => vec![E::RebuildCancelled {
                    projection,
                    version,
                }],
                Some(Work::Rollback { version }) => vec![E::RollbackCancelled {
                    projection,
                    version,
                }],
            },
            O::RollBack => {
                self.idle()?;
                let version = self.previous.ok_or(ProjectionError::NoPrevious)?;
                vec![E::RollbackRequested {
                    projection,
                    version,
                }]
            }
            O::Hold { version } => match self.rebuild() {
                Ok((building, Pace::Running)) if building == version => vec![E::RebuildHeld {
                    projection,
                    version,
                }],
                _ => vec![],
            },
            // Going live is a fact by now, whatever was decided meanwhile.
            O::Complete { version, .. } if version == self.live => vec![],
            O::Complete {
                version,
                comparison,
            } => vec![match self.previous {
                Some(previous) if previous == version => E::RolledBack {
                    projection,
                    version,
                },
                _ => E::RebuildCompleted {
                    projection,
                    version,
                    comparison,
                },
            }],
            O::RetryParked { stream } => vec![E::ParkedRetried { projection, stream }],
            O::SkipParked {
                stream,
                event_id,
                reason,
            } => vec![E::ParkedSkipped {
                projection,
                stream,
                event_id,
                reason,
            }],
        })
    }

    fn evolve(mut self, event: &ProjectionEvent) -> Self {
        use ProjectionEvent as E;
        match event {
            E::RebuildRequested { version, logic, .. } => {
                self.last = *version;
                self.work = Some(Work::Rebuild {
                    version: *version,
                    logic: *logic,
                    pace: Pace::Running,
                    accepts_difference: false,
                });
                self
            }
            E::RebuildPaused { .. } => self.at_pace(Pace::Paused, false),
            E::RebuildResumed {
                accept_difference, ..
            } => self.at_pace(Pace::Running, *accept_difference),
            E::RebuildHeld { .. } => self.at_pace(Pace::Held, false),
            E::RebuildCancelled { .. } | E::RollbackCancelled { .. } => {
                self.work = None;
                self
            }
            E::RollbackRequested { version, .. } => {
                self.work = Some(Work::Rollback { version: *version });
                self
            }
            E::RebuildCompleted { version, .. } | E::RolledBack { version, .. } => {
                self.goes_live(*version)
            }
            E::ParkedRetried { .. } | E::ParkedSkipped { .. } => self,
        }
    }
}
