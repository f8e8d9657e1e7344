//! How videos look and sound: as they are shown, and as they are asked for.

mod checks;
mod input;
mod types;

pub(crate) use checks::check;
pub(crate) use input::ProductionSettingsInput;
pub(crate) use types::Settings;
