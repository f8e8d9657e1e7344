//! A series: what its videos have in common, and who owns it.

mod command;
mod error;
mod event;
#[cfg(test)]
mod tests;

pub use command::SeriesCommand;
pub use error::SeriesError;
pub use event::SeriesEvent;

use crate::settings::ProductionSettings;
use crate::topic::visible_text;
use crate::{Aggregate, InvalidField, UserId};

/// A series' name: 1 to 80 visible characters.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SeriesName(String);

impl SeriesName {
    pub const MAX_CHARS: usize = 80;

    pub fn try_new(name: &str) -> Result<Self, InvalidField> {
        visible_text("name", name, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum Series {
    #[default]
    Absent,
    Active(SeriesState),
    Archived(SeriesState),
    Deleted {
        owner: UserId,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct SeriesState {
    pub owner: UserId,
    pub name: SeriesName,
    pub settings: ProductionSettings,
}

impl Series {
    /// What it is made of, be it archived; none while it does not exist, and
    /// once it is deleted.
    pub fn state(&self) -> Option<&SeriesState> {
        match self {
            Self::Absent | Self::Deleted { .. } => None,
            Self::Active(series) | Self::Archived(series) => Some(series),
        }
    }

    /// What a new video of it is made with.
    pub fn for_new_video(&self) -> Result<&SeriesState, SeriesError> {
        match self {
            Self::Absent => Err(SeriesError::NotFound),
            Self::Active(series) => Ok(series),
            Self::Archived(_) => Err(SeriesError::Archived),
            Self::Deleted { .. } => Err(SeriesError::Deleted),
        }
    }
}

impl Aggregate for Series {
    const CATEGORY: &'static str = "series";

    type Command = SeriesCommand;
    type Event = SeriesEvent;
    type Error = SeriesError;

    fn owner(&self) -> Option<UserId> {
        match self {
            Self::Absent => None,
            Self::Active(series) | Self::Archived(series) => Some(series.owner),
            Self::Deleted { owner } => Some(*owner),
        }
    }

    fn decide(&self, command: SeriesCommand) -> Result<Vec<SeriesEvent>, SeriesError> {
        use SeriesCommand::{Archive, Change, Create, Delete};
        match (self, command) {
            (
                Self::Absent,
                Create {
                    owner,
                    name,
                    settings,
                },
            ) => Ok(vec![SeriesEvent::Created {
                owner,
                name,
                settings,
            }]),
            (Self::Active(_) | Self::Archived(_) | Self::Deleted { .. }, Create { .. }) => {
                Ok(vec![])
            }

            (Self::Active(series), Change { name, settings }) => {
                let name = name.unwrap_or_else(|| series.name.clone());
                let settings = settings.unwrap_or_else(|| series.settings.clone());
                if name == series.name && settings == series.settings {
                    return Ok(vec![]);
                }
                Ok(vec![SeriesEvent::Changed { name, settings }])
            }
            (Self::Archived(_), Change { .. }) => Err(SeriesError::Archived),

            (Self::Active(_), Archive) => Ok(vec![SeriesEvent::Archived {}]),
            (Self::Archived(_), Archive) => Ok(vec![]),

            (Self::Active(_) | Self::Archived(_), Delete) => Ok(vec![SeriesEvent::Deleted {}]),
            (Self::Deleted { .. }, Delete) => Ok(vec![]),
            (Self::Deleted { .. }, Change { .. } | Archive) => Err(SeriesError::Deleted),

            (Self::Absent, Change { .. } | Archive | Delete) => Err(SeriesError::NotFound),
        }
    }

    fn evolve(self, event: &SeriesEvent) -> Self {
        match (self, event) {
            (
                _,
                SeriesEvent::Created {
                    owner,
                    name,
                    settings,
                },
            ) => Self::Active(SeriesState {
                owner: *owner,
                name: name.clone(),
                settings: settings.clone(),
            }),
            (Self::Active(series), SeriesEvent::Changed { name, settings }) => {
                Self::Active(SeriesState {
                    owner: series.owner,
                    name: name.clone(),
                    settings: settings.clone(),
                })
            }
            (Self::Active(series), SeriesEvent::Archived {}) => Self::Archived(series),
            (Self::Active(series) | Self::Archived(series), SeriesEvent::Deleted {}) => {
                Self::Deleted {
                    owner: series.owner,
                }
            }
            (unchanged, _) => unchanged,
        }
    }
}
