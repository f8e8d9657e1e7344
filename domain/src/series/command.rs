use super::SeriesName;
use crate::UserId;
use crate::settings::ProductionSettings;

#[derive(Debug, Clone)]
pub enum SeriesCommand {
    Create {
        owner: UserId,
        name: SeriesName,
        settings: ProductionSettings,
    },
    /// What is `None` stays as it is.
    Change {
        name: Option<SeriesName>,
        settings: Option<ProductionSettings>,
    },
    /// Hides the series; its videos stay.
    Archive,
    /// Its owner is erased, and it goes with them.
    Delete,
}
