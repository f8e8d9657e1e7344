//! A series as one document, and how each event changes it.

use chrono::{DateTime, Utc};
use domain::series::{SeriesEvent, SeriesName};
use domain::settings::ProductionSettings;
use domain::{SeriesId, UserId};
use event_store::{Position, RecordedEvent};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesView {
    pub id: SeriesId,
    pub owner: UserId,
    pub name: SeriesName,
    pub settings: ProductionSettings,
    pub archived: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// The last event this reflects.
    pub position: Position,
}

impl SeriesView {
    pub(super) fn after(
        view: Option<Self>,
        event: &SeriesEvent,
        recorded: &RecordedEvent,
    ) -> Option<Self> {
        let at = recorded.metadata.occurred_at;
        if let SeriesEvent::Created {
            owner,
            name,
            settings,
        } = event
        {
            return Some(Self {
                id: SeriesId(recorded.stream.id),
                owner: *owner,
                name: name.clone(),
                settings: settings.clone(),
                archived: false,
                created_at: at,
                updated_at: at,
                position: recorded.position,
            });
        }
        let mut view = view?;
        view.updated_at = at;
        view.position = recorded.position;
        match event {
            SeriesEvent::Created { .. } => {}
            SeriesEvent::Changed { name, settings } => {
                view.name = name.clone();
                view.settings = settings.clone();
            }
            SeriesEvent::Archived {} => view.archived = true,
            SeriesEvent::Deleted {} => return None,
        }
        Some(view)
    }
}
